/**
 * AES-256-GCM for everything Temporal keeps of a run, and for what lies in the payload store: payloads are encrypted
 * before they are put there. A sealed payload has these metadata, all of them authenticated, and nonce, ciphertext and
 * tag as its data:
 *
 *   encoding            binary/encrypted
 *   encryption-key-id   of the key ring
 *   encryption-context  JSON of [namespace, workflow id]; absent where the SDK does not tell. It opens there only.
 *
 * The nonce is a keyed digest of what is sealed: equal payloads of one workflow give equal bytes, so a replay stores
 * nothing twice, and two different ones share a nonce with the odds of two random ones.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { HoldfastError } from '../errors/holdfast-error';
import type { KeyRing } from './key-ring';
import { payloadFromBytes, payloadToBytes } from './payload-storage/payload-bytes';
import type { ToFailure } from './payload-storage/storage-driver';

export const payloadKeysVariable = 'HOLDFAST_PAYLOAD_KEYS';
export const payloadPlaintextVariable = 'HOLDFAST_PAYLOAD_PLAINTEXT';

export interface PayloadCodecOptions {
  /** Without keys nothing is sealed, and what others sealed is refused with what to set. */
  readonly keys: KeyRing | undefined;
  /** What was never sealed is taken as it is: for the time after encryption was switched on. Default false. */
  readonly acceptsPlaintext?: boolean;
  readonly toFailure: ToFailure;
  /**
   * In a worker a plain payload for a workflow does not fail the workflow task, which would be repeated for ever: a
   * signal that somebody sent without keys would stop the run. Its content is left out, and the workflow meets a payload
   * that cannot be read. Default false: it is refused.
   */
  readonly isWorker?: boolean;
}

const sealedEncoding = 'binary/encrypted';
const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** `decode` throws `Payload.Unreadable`. */
export function createPayloadCodec(options: PayloadCodecOptions): PayloadCodec {
  const { keys, toFailure } = options;
  const nonceKeys = new WeakMap<KeyObject, Buffer>();
  const nonceKeyOf = (key: KeyObject): Buffer => {
    const made = nonceKeys.get(key) ?? Buffer.from(hkdfSync('sha256', key, '', 'holdfast payload nonce', 32));
    nonceKeys.set(key, made);
    return made;
  };
  return {
    encode(payloads, context) {
      if (keys === undefined) return Promise.resolve(payloads);
      const { id, key } = keys.sealing;
      const sealing = { id, key, nonceKey: nonceKeyOf(key), context: contextOf(context) };
      return Promise.resolve(payloads.map((payload) => seal(payload, sealing)));
    },
    decode(payloads, context) {
      try {
        return Promise.resolve(payloads.map((payload) => open(payload, options, context)));
      } catch (error) {
        return Promise.reject(error instanceof HoldfastError ? toFailure(error) : (error as Error));
      }
    },
  };
}

/** Undefined where the SDK knows no workflow. An activity's payloads belong to its workflow, which reads them too. */
function contextOf(context: SerializationContext | undefined): string | undefined {
  return context?.workflowId === undefined ? undefined : JSON.stringify([context.namespace, context.workflowId]);
}

interface Sealing {
  readonly id: string;
  readonly key: KeyObject;
  readonly nonceKey: Buffer;
  readonly context: string | undefined;
}

function seal(payload: Payload, { id, key, nonceKey, context }: Sealing): Payload {
  const bytes = payloadToBytes(payload);
  const head = headOf(id, context);
  const nonce = createHmac('sha256', nonceKey).update(head).update(bytes).digest().subarray(0, nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(head);
  return {
    metadata: {
      encoding: Buffer.from(sealedEncoding),
      'encryption-key-id': Buffer.from(id),
      ...(context !== undefined && { 'encryption-context': Buffer.from(context) }),
    },
    data: Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]),
  };
}

/** What is authenticated beside the content. */
function headOf(id: string, context: string | undefined): Buffer {
  return Buffer.from(JSON.stringify(['holdfast payload 1', id, context ?? null]));
}

function open(payload: Payload, options: PayloadCodecOptions, context: SerializationContext | undefined): Payload {
  const { keys } = options;
  if (textOf(payload, 'encoding') !== sealedEncoding) {
    return keys === undefined || options.acceptsPlaintext === true ? payload : refusePlain(options, context);
  }
  const id = textOf(payload, 'encryption-key-id') ?? '';
  const found = keys?.find(id);
  if (found === undefined) throw unreadable(`is encrypted with the key "${id}": add it to ${payloadKeysVariable}`);
  const sealedFor = textOf(payload, 'encryption-context');
  checkContext(sealedFor, contextOf(context));
  const data = payload.data ?? new Uint8Array();
  try {
    const decipher = createDecipheriv(algorithm, found.key, data.subarray(0, nonceBytes), { authTagLength: tagBytes })
      .setAAD(headOf(id, sealedFor))
      .setAuthTag(data.subarray(-tagBytes));
    return payloadFromBytes(Buffer.concat([decipher.update(data.subarray(nonceBytes, -tagBytes)), decipher.final()]));
  } catch (error) {
    throw unreadable(`was changed, or its key "${id}" is another one now`, error);
  }
}

function refusePlain({ isWorker }: PayloadCodecOptions, context: SerializationContext | undefined): Payload {
  const what = `is in plain text although ${payloadKeysVariable} is set: encrypt it, or set ${payloadPlaintextVariable}=accept`;
  if (isWorker !== true || context?.type !== 'workflow') throw unreadable(what);
  // The SDK's converter tells the encoding it does not know.
  return { metadata: { encoding: Buffer.from(`none: the payload ${what}`) }, data: new Uint8Array() };
}

/** A schedule seals for its action's workflow id, to which the server adds the time. */
const scheduledAt = /^-\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function checkContext(sealedFor: string | undefined, here: string | undefined): void {
  if (sealedFor === undefined || here === undefined || sealedFor === here) return;
  const [namespace, workflowId] = JSON.parse(here) as [string, string];
  const [sealedNamespace, sealedId] = JSON.parse(sealedFor) as [string, string];
  const isScheduled = workflowId.startsWith(sealedId) && scheduledAt.test(workflowId.slice(sealedId.length));
  if (namespace === sealedNamespace && isScheduled) return;
  throw unreadable(`belongs to the workflow ${sealedId} in ${sealedNamespace}, not to ${workflowId} in ${namespace}`);
}

function textOf({ metadata }: Payload, name: string): string | undefined {
  const value = metadata?.[name];
  return value && Buffer.from(value).toString();
}

function unreadable(what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('Payload.Unreadable', `a payload ${what}`, {}, { cause });
}
