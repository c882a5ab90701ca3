/** Names of questions and of their places in batches. */
import { createHash } from 'node:crypto';
import { journalKeyOf } from '../../contracts/ids';
import type { CallIdentity } from '../../contracts/ids';

/** Of a question: short and without any of its words, for providers see it. 128 bits. */
export function questionKeyOf(id: CallIdentity, requestDigest: string): string {
  return createHash('sha256').update(journalKeyOf(id, requestDigest)).digest('base64url').slice(0, 22);
}

/** 39 characters of `[a-zA-Z0-9_-]`: what every provider takes. */
export function customIdOf(batch: string, key: string): string {
  return `${batch}_${key}`;
}

/** Undefined: the id is none of this batch. */
export function keyInBatch(batch: string, customId: string | undefined): string | undefined {
  return customId?.startsWith(`${batch}_`) === true ? customId.slice(batch.length + 1) : undefined;
}
