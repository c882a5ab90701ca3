import { canonicalJson } from './json';
import type { JsonValue } from './json';
import { sha256 } from './sha256';

/** Everything that makes a question this one and no other. */
export interface Question {
  readonly runKey: string;
  readonly approval: string;
  readonly occurrence: number;
  readonly title: string;
  readonly show: JsonValue;
}

/**
 * What a decision is bound to: 128 bits of SHA-256 over the canonical JSON, hex. Two questions with the same content have
 * different digests, so a decision that comes late, or again, never meets the next one.
 */
export function digestOfQuestion({ runKey, approval, occurrence, title, show }: Question): string {
  return sha256(canonicalJson({ runKey, approval, occurrence, title, show })).slice(0, 32);
}
