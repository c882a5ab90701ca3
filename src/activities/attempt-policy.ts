/** The pure rules of one `callModel` attempt: which endpoints may still be hopped to, how long to back off, what to tell capacity. */
import type { CapacityCandidate, Reservation, Settlement } from '../contracts/capacity';
import type { ModelAnswer } from '../contracts/model';
import type { Attempt } from '../contracts/step';
import { policyOf } from '../errors/failure-types';
import type { FailureType } from '../errors/failure-types';
import type { HoldfastError } from '../errors/holdfast-error';

/** Backoff of a retry without a hint of the provider: base × 2ⁿ, capped, jittered on both sides. */
export const backoffDefaults = { baseMs: 1_000, factor: 2, capMs: 60_000, jitter: 0.25 } as const;

/** No server timer of Temporal fires sooner than this. */
export const leastRetryDelayMs = 1_000;

/** A hop must start within this time; a longer wait is Temporal's to keep. */
export const longestHopWaitMs = 2_000;

/**
 * How long an endpoint stays closed when the provider gives no time itself.
 * A rate limit clears within its minute; a refused key or an empty account waits for a person.
 */
const pauseMs: Partial<Record<FailureType, number>> = {
  'Llm.RateLimited': 5_000,
  'Llm.Authentication': 600_000,
  'Llm.QuotaExhausted': 900_000,
};

/** Delay before attempt `attempt + 1`. `random` is uniform in [0, 1). */
export function backoffMs(attempt: number, random: number): number {
  const { baseMs, factor, capMs, jitter } = backoffDefaults;
  const exact = Math.min(capMs, baseMs * factor ** (attempt - 1));
  return Math.round(exact * (1 - jitter + 2 * jitter * random));
}

/**
 * Endpoints a hop may go to. Each is hopped to at most once in a tier, over all its attempts, and never back to where
 * the tier began: so a tier makes at most `maximumAttempts + endpoints − 1` calls.
 */
export function hopCandidatesOf(
  candidates: readonly CapacityCandidate[],
  attempts: readonly Attempt[],
  attempt: number,
): CapacityCandidate[] {
  const closed = new Set(
    attempts
      .filter((made, index) => index === 0 || made.hop > 0 || made.attempt === attempt)
      .map((made) => made.endpoint),
  );
  return candidates.filter((candidate) => !closed.has(candidate.endpoint));
}

/**
 * The failed attempts with a record for each that left none: its process died, or it never got as far as a call.
 * Whether the provider billed it is unknown.
 */
export function withUnrecorded(
  recorded: readonly Attempt[],
  place: { tier: number; attempt: number; endpoint: string },
): Attempt[] {
  const made = new Set(recorded.map((record) => record.attempt));
  const missing = Array.from({ length: place.attempt - 1 }, (_, index) => index + 1).filter(
    (attempt) => !made.has(attempt),
  );
  const unknown = missing.map((attempt) => ({
    tier: place.tier,
    attempt,
    hop: 0,
    endpoint: attempt === 1 ? place.endpoint : '',
    outcome: 'unknown',
  }));
  return [...unknown, ...recorded].sort((a, b) => a.attempt - b.attempt || a.hop - b.hop);
}

/**
 * Each attempt by what is known of it: one that was thought dead and is told otherwise (answered late, resumed, wasted,
 * by the one that `served`) is not told as unknown as well.
 */
export function toldOnce(attempts: readonly Attempt[], served?: Attempt): Attempt[] {
  const known = [...attempts, ...(served === undefined ? [] : [served])].filter(({ outcome }) => outcome !== 'unknown');
  const isKnown = ({ tier, attempt }: Attempt): boolean =>
    known.some((made) => made.tier === tier && made.attempt === attempt);
  return attempts.filter((made) => made.outcome !== 'unknown' || !isKnown(made));
}

/** What capacity is told about an answer: what the provider charged for it, how long it took, what its headers said. */
export function successOf(
  { rid, pool, endpoint, quotaGroup }: Reservation,
  { durationMs, limits }: Pick<ModelAnswer, 'durationMs' | 'limits'>,
  paid: Required<Pick<Settlement, 'actual' | 'costUsd'>>,
): Settlement {
  return {
    rid,
    pool,
    endpoint,
    quotaGroup,
    outcome: 'succeeded',
    ...paid,
    latencyMs: Math.round(durationMs),
    ...(limits === undefined ? {} : { limits }),
  };
}

/** Failures of the endpoint itself, not of its limits, its account or our request: what a breaker is to count. */
const faults: readonly FailureType[] = [
  'Llm.Overloaded',
  'Llm.ServerError',
  'Llm.Connection',
  'Llm.Timeout',
  'Llm.Stalled',
  'Llm.Truncated',
  'Llm.EmptyResponse',
];

export function isFault(type: FailureType): boolean {
  return faults.includes(type);
}

/** What capacity is told about a failed call. `known.actual`: what the provider charged, where it said so. */
export function settlementOf(
  reservation: Reservation,
  failure: HoldfastError,
  known: Pick<Settlement, 'actual' | 'latencyMs'> = {},
): Settlement {
  const { rid, pool, endpoint, quotaGroup } = reservation;
  const { outcome } = policyOf(failure.type);
  const blockedForMs = failure.details.retryAfterMs ?? pauseMs[failure.type];
  return {
    rid,
    pool,
    endpoint,
    quotaGroup,
    outcome,
    ...known,
    ...(isFault(failure.type) ? { isFault: true } : {}),
    ...(blockedForMs === undefined ? {} : { blockedForMs }),
  };
}
