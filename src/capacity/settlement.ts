/** What an outcome means for the ledger and for everyone else who wants the endpoint. */
import type { CallOutcome, CapacityCost, LimitReading, Settlement } from '../contracts/capacity';
import type { LimitDimension } from '../contracts/settings';

/** Pause when the provider gave no hint. */
const defaultPauseMs = { rateLimited: 1_000, dead: 60_000 } as const satisfies Partial<Record<CallOutcome, number>>;
/** Longest pause and largest usage taken at their word; beyond that they are a provider's mistake. */
const maxPauseMs = 31 * 24 * 3_600_000;
const maxTokens = 1e12;

/** What replaces the estimate, per dimension; undefined keeps it. */
export function actualOf({ outcome, actual }: Settlement): Partial<CapacityCost> {
  if (outcome === 'unknown') return {};
  if (actual === undefined) return outcome === 'refused' ? { tokens: 0, inputTokens: 0, outputTokens: 0 } : {};
  const entries = Object.entries(actual).filter(([, tokens]) => tokens !== undefined) as [string, number][];
  return Object.fromEntries(entries.map(([name, tokens]) => [name, Math.min(Math.ceil(tokens), maxTokens)]));
}

/** A 429 closes the quota group, since all its endpoints share the limit; everything else only the endpoint. */
export function pauseOf({ outcome, blockedForMs }: Settlement): { groupMs: number; endpointMs: number } {
  const fallbackMs = outcome === 'rateLimited' || outcome === 'dead' ? defaultPauseMs[outcome] : 0;
  const pauseMs = Math.min(Math.ceil(blockedForMs ?? fallbackMs), maxPauseMs);
  return outcome === 'rateLimited' ? { groupMs: pauseMs, endpointMs: 0 } : { groupMs: 0, endpointMs: pauseMs };
}

/**
 * What the outcome says about the endpoint, for its breaker: true = it failed, false = it works, undefined = nothing
 * (the call was cut off by us, or never reached a model).
 */
export function faultOf({ outcome, isFault }: Settlement): boolean | undefined {
  if (isFault === true) return true;
  return outcome === 'unknown' || outcome === 'dead' ? undefined : false;
}

const dimensionNumbers: Partial<Record<LimitDimension, number>> = { rpm: 1, tpm: 2, inputTpm: 3, outputTpm: 4 };
const untold = -1;

/** Readings of headers as `calibration.lua` takes them: dimension, limit, remaining, resetMs (-1 = not told), ageMs. */
export function readingsOf(readings: readonly LimitReading[] = []): number[] {
  return readings.flatMap(({ dimension, limit, remaining, resetMs, ageMs = 0 }) => {
    const number = dimensionNumbers[dimension];
    return number === undefined ? [] : [number, told(limit), told(remaining), told(resetMs), ageMs];
  });
}

function told(value: number | undefined): number {
  return value === undefined || !Number.isFinite(value) || value < 0 ? untold : value;
}
