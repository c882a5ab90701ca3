/** What the share could give on one candidate, and which of them a call takes. */
import type { CapacityCandidate } from '../contracts/capacity';
import type { Gaps } from './local-pacer';

export interface LocalOffer {
  readonly candidate: CapacityCandidate;
  readonly gaps: Gaps;
  /** Infinity: not before a slot becomes free. */
  readonly atMs: number;
  readonly blockedBy?: string;
}

/** The store with the whole limits may be back any moment, so nobody is sent away for longer. */
const longestWaitMs = 5_000;
const shortestWaitMs = 250;
/** When a slot becomes free is not known. */
const slotWaitMs = 1_000;

/**
 * The best ranked of those that start early enough, the earliest of them. Needs at least one. A better rank is no reason
 * to start after `latestMs`.
 */
export function chooseOffer(
  offers: readonly LocalOffer[],
  { spillAfterMs, latestMs }: { readonly spillAfterMs: number; readonly latestMs: number },
): LocalOffer {
  const earliestMs = Math.min(...offers.map(({ atMs }) => atMs));
  const spillsAtMs = Math.max(earliestMs, Math.min(earliestMs + spillAfterMs, latestMs));
  const early = offers.filter(({ atMs }) => atMs <= spillsAtMs);
  const rankOf = ({ candidate }: LocalOffer): number => candidate.rank ?? 0;
  return early.reduce((best, next) => {
    const isBetter = rankOf(next) < rankOf(best) || (rankOf(next) === rankOf(best) && next.atMs < best.atMs);
    return isBetter ? next : best;
  });
}

/** When to ask again for a start that lies further ahead than the caller accepts. */
export function retryInMsOf(waitMs: number, maxWaitMs: number): number {
  if (!Number.isFinite(waitMs)) return slotWaitMs;
  return Math.ceil(Math.min(Math.max(waitMs - maxWaitMs, shortestWaitMs), longestWaitMs));
}
