/** What an outcome means for the ledger and for everyone else who wants the endpoint. */
import type { CallOutcome, Settlement } from '../contracts/capacity';

/** Pause when the provider gave no hint. */
const defaultPauseMs = { rateLimited: 1_000, dead: 60_000 } as const satisfies Partial<Record<CallOutcome, number>>;
/** Longest pause and largest usage taken at their word; beyond that they are a provider's mistake. */
const maxPauseMs = 31 * 24 * 3_600_000;
const maxTokens = 1e12;

/** Tokens that replace the estimate; undefined keeps it. */
export function actualTokensOf({ outcome, actualTokens }: Settlement): number | undefined {
  if (outcome === 'unknown') return undefined;
  if (actualTokens === undefined) return outcome === 'refused' ? 0 : undefined;
  return Math.min(Math.ceil(actualTokens), maxTokens);
}

/** A 429 closes the quota group, since all its endpoints share the limit; everything else only the endpoint. */
export function pauseOf({ outcome, blockedForMs }: Settlement): { groupMs: number; endpointMs: number } {
  const fallbackMs = outcome === 'rateLimited' || outcome === 'dead' ? defaultPauseMs[outcome] : 0;
  const pauseMs = Math.min(Math.ceil(blockedForMs ?? fallbackMs), maxPauseMs);
  return outcome === 'rateLimited' ? { groupMs: pauseMs, endpointMs: 0 } : { groupMs: 0, endpointMs: pauseMs };
}

/** What the outcome proves about the size of request the provider's limiter admits. */
export function admissionOf({ outcome }: Settlement): 'yes' | 'no' | '' {
  if (outcome === 'succeeded') return 'yes';
  return outcome === 'rateLimited' ? 'no' : '';
}
