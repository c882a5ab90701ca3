/**
 * The failure catalogue. The names stand in histories and in other people's `catch` blocks: never changed, only
 * superseded. One row per class says everything the rest of the code needs to know about it:
 *
 * - `hop`: another endpoint of the pool may be tried at once, inside the same attempt;
 * - `retry`: with no endpoint left, Temporal's own retry policy may try again later;
 * - `next`: what the step does when the tier is spent — `tier` (go down the ladder), `largerWindow` (only to a
 *   strictly larger context window), `fail` (fail fast: every tier would say the same);
 * - `outcome`: what capacity is told (see CallOutcome): a refused call was not charged, an unknown one may have been.
 */
import type { FailurePolicy } from './failure-policy';
import { llmFailures } from './llm-failures';
import { ownFailures } from './own-failures';

export type { FailurePolicy, NextMove } from './failure-policy';

export const failureCatalogue = { ...llmFailures, ...ownFailures } as const satisfies Record<string, FailurePolicy>;

export type FailureType = keyof typeof failureCatalogue;

export const failureTypes = Object.keys(failureCatalogue) as FailureType[];

export function isFailureType(value: unknown): value is FailureType {
  return typeof value === 'string' && Object.hasOwn(failureCatalogue, value);
}

export function policyOf(type: FailureType): FailurePolicy {
  return failureCatalogue[type];
}
