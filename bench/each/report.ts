/** From what was seen to the one object that is printed, and whether it is a good one. */
import type { LedgerEntry } from '../../src/simulator/ledger';
import type { BenchOptions } from './options';
import type { Ran } from './run-bench';
import { paidExtra, tokensPerItem } from './verify';
import type { Verified } from './verify';

export interface Report extends Omit<Verified, 'longestHistory'> {
  readonly items: number;
  readonly seconds: number;
  readonly itemsPerSecond: number;
  /** What the quota admits. */
  readonly optimumPerSecond: number;
  /** The one divided by the other: from the start of the run to its end, kills included. */
  readonly optimumRatio: number;
  /** Calls the provider charges for beyond one for each item. */
  readonly paidExtra: number;
  /** Requests the provider turned away. */
  readonly rejected: number;
  readonly kills: number;
  /** Of the worker that lived all through: mean of the last fifth of the time less mean of the first, MiB. */
  readonly rssGrowthMb: number;
  readonly longestHistoryEvents: number;
  readonly longestHistoryKb: number;
  readonly seed: number;
}

interface Seen {
  readonly options: BenchOptions;
  readonly ran: Ran;
  readonly verified: Verified;
  readonly ledger: readonly LedgerEntry[];
  readonly tokensPerMinute: number;
}

export function reportOf({ options, ran, verified, ledger, tokensPerMinute }: Seen): Report {
  const { items, seed } = options;
  const { longestHistory, ...counted } = verified;
  const itemsPerSecond = items / ran.seconds;
  const optimumPerSecond = tokensPerMinute / 60 / tokensPerItem(ledger);
  return {
    items,
    seconds: rounded(ran.seconds, 1),
    itemsPerSecond: rounded(itemsPerSecond, 2),
    optimumPerSecond: rounded(optimumPerSecond, 2),
    optimumRatio: rounded(itemsPerSecond / optimumPerSecond, 3),
    ...counted,
    paidExtra: paidExtra(ledger, items),
    rejected: ledger.filter(({ outcome }) => outcome === 'rejected').length,
    kills: ran.kills,
    rssGrowthMb: rounded(growthOf(ran.rssBytes) / 1_048_576, 1),
    longestHistoryEvents: longestHistory.events,
    longestHistoryKb: Math.round(longestHistory.bytes / 1_024),
    seed,
  };
}

/** Mean of the last fifth less mean of the first; 0 of fewer samples than that. */
export function growthOf(samples: readonly number[]): number {
  const fifth = Math.floor(samples.length / 5);
  return fifth === 0 ? 0 : meanOf(samples.slice(-fifth)) - meanOf(samples.slice(0, fifth));
}

function meanOf(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
