/**
 * AES-256-GCM for what the journal's Redis keeps. A sealed text is
 *
 *   hf1 : key id : encoding : base64 of nonce (96 bits, random), ciphertext, tag (128 bits)
 *
 * What stands before the base64 is authenticated with it, and so is the context. Random nonces allow 2³² texts per key
 * (NIST SP 800-38D, 8.3), which a busy stream log would use up in weeks: so every context has a key of its own, an HMAC
 * of it under the key of the ring, and no key of the ring wears out.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { HoldfastError } from '../errors/holdfast-error';
import { parseKeyRing } from './key-ring';
import type { KeyRing } from './key-ring';

/** Fits the journal's `Cipher`. */
export interface TextCipher {
  seal(text: string, context: string): string;
  /** Throws `Journal.Unreadable`. */
  open(sealed: string, context: string): string;
}

/** `accept`: text that was never sealed opens as it is. `write`: nothing is sealed yet either. */
const plaintexts = ['refuse', 'accept', 'write'] as const;
type Plaintext = (typeof plaintexts)[number];

export interface TextCipherOptions {
  readonly keys: KeyRing;
  /** What is done with plain text, while encryption is being switched on. Default `refuse`. */
  readonly plaintext?: Plaintext;
}

const keysVariable = 'HOLDFAST_JOURNAL_KEYS';
const plaintextVariable = 'HOLDFAST_JOURNAL_PLAINTEXT';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
/** UTF-8 has no form for a lone surrogate; such a text is sealed as the code units it consists of. */
const encodings = { u: 'utf8', w: 'utf16le' } as const;
const sealedShape = /^hf1:([^:]{1,32}):([uw]):/;
const otherFormat = /^hf\d+:/;

/** By the environment; undefined without keys. Throws `Config.Invalid`. */
export function readJournalCipher(environment: NodeJS.ProcessEnv): TextCipher | undefined {
  const told = environment[plaintextVariable] ?? 'refuse';
  const plaintext = plaintexts.find((known) => known === told);
  if (plaintext === undefined) {
    throw new HoldfastError(
      'Config.Invalid',
      `${plaintextVariable}: expected one of ${plaintexts.join(', ')}, received "${told}"`,
    );
  }
  const keys = environment[keysVariable];
  return keys === undefined ? undefined : createTextCipher({ keys: parseKeyRing(keys, keysVariable), plaintext });
}

export function createTextCipher({ keys, plaintext = 'refuse' }: TextCipherOptions): TextCipher {
  return {
    seal(text, context) {
      if (plaintext === 'write') return text;
      const { id, key } = keys.sealing;
      const encoding = text.isWellFormed() ? 'u' : 'w';
      const head = `hf1:${id}:${encoding}:`;
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, keyFor(key, context), nonce, { authTagLength: tagBytes }).setAAD(
        Buffer.from(head + context),
      );
      const parts = [nonce, cipher.update(text, encodings[encoding]), cipher.final(), cipher.getAuthTag()];
      return head + Buffer.concat(parts).toString('base64');
    },
    open(sealed, context) {
      const [head, id = '', encoding] = sealedShape.exec(sealed) ?? [];
      if (head === undefined) {
        if (otherFormat.test(sealed))
          throw unreadable(context, 'is sealed in a form of another version of Holdfast: update this worker');
        if (plaintext !== 'refuse') return sealed;
        throw unreadable(
          context,
          `is in plain text although ${keysVariable} is set: for entries of before set ${plaintextVariable}=accept`,
        );
      }
      const found = keys.find(id);
      if (found === undefined)
        throw unreadable(context, `is sealed with the key "${id}": put it back into ${keysVariable}`);
      const bytes = Buffer.from(sealed.slice(head.length), 'base64');
      try {
        const decipher = createDecipheriv(algorithm, keyFor(found.key, context), bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        })
          .setAAD(Buffer.from(head + context))
          .setAuthTag(bytes.subarray(-tagBytes));
        const opened = [decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()];
        return Buffer.concat(opened).toString(encodings[encoding as keyof typeof encodings]);
      } catch (error) {
        throw unreadable(
          context,
          `was changed, belongs to another key of Redis, or its key "${id}" is another one now`,
          error,
        );
      }
    },
  };
}

function keyFor(key: KeyObject, context: string): Buffer {
  return createHmac('sha256', key).update(`hf1:${context}`).digest();
}

function unreadable(context: string, what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('Journal.Unreadable', `the entry ${context} ${what}`, {}, { cause });
}
