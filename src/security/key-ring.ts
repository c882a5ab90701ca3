/**
 * Keys of AES-256 as an environment variable holds them: `2026b:<base64 of 32 bytes>,2026a:<base64>`. The first one
 * seals, all of them open, so a key is changed by putting the new one in front of the old.
 */
import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { HoldfastError } from '../errors/holdfast-error';

export interface RingKey {
  readonly id: string;
  /** Prints without its bytes. */
  readonly key: KeyObject;
}

export interface KeyRing {
  readonly sealing: RingKey;
  find(id: string): RingKey | undefined;
}

const keyBytes = 32;
/** Shorter than a key in base64, so that a key in the wrong place is never taken for an id and shown. */
const idShape = /^[A-Za-z0-9._-]{1,32}$/;

/** Throws `Config.Invalid`, which names the variable and the position of the entry and shows nothing of what stands there. */
export function parseKeyRing(text: string, variable: string): KeyRing {
  const keys = new Map<string, RingKey>();
  for (const [index, entry] of text.split(',').entries()) {
    const where = `${variable}: entry ${index + 1}`;
    const key = parseEntry(entry.trim(), where);
    if (keys.has(key.id)) throw invalid(where, 'has the id of an earlier one: give each key an id of its own');
    keys.set(key.id, key);
  }
  // A text has at least one part.
  const [sealing] = [...keys.values()] as [RingKey, ...RingKey[]];
  return { sealing, find: (id) => keys.get(id) };
}

function parseEntry(entry: string, where: string): RingKey {
  if (entry === '') throw invalid(where, 'is empty: write <id>:<base64 of 32 bytes>, or unset the variable');
  const colon = entry.indexOf(':');
  const id = entry.slice(0, Math.max(0, colon)).trim();
  if (id === '') throw invalid(where, 'has no id: write <id>:<base64 of 32 bytes>');
  if (!idShape.test(id))
    throw invalid(where, 'has an id that is not 1 to 32 letters, digits, dots, dashes or underscores');
  return { id, key: createSecretKey(decodeKey(entry.slice(colon + 1).trim(), where)) };
}

function decodeKey(text: string, where: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  // Buffer takes anything and skips what is not base64.
  if (text === '' || bytes.toString('base64') !== text)
    throw invalid(where, `has a key that is not base64: ${howToMake}`);
  if (bytes.length !== keyBytes)
    throw invalid(where, `has a key of ${bytes.length} bytes instead of ${keyBytes}: ${howToMake}`);
  return bytes;
}

const howToMake = 'make one with "openssl rand -base64 32"';

function invalid(where: string, what: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `${where} ${what}`);
}
