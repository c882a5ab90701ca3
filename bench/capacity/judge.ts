/** What a cell has to reach, and the rows of the result. */
import { capacitySettings } from './capacity-settings';
import { cellName, variantName } from './matrix';
import type { Cell } from './matrix';
import type { RunResult } from './measure';

export interface VariantRow {
  readonly variant: string;
  readonly provider: string;
  readonly regions: number;
  readonly overload: number;
  readonly sent: number;
  /** 429s in the measured time of all seeds; those before it stand apart. */
  readonly rateLimited: number;
  readonly warmUpRateLimited: number;
  /** Of the seed with the least. */
  readonly utilisation: number;
  readonly meanUtilisation: number;
  /** Least utilisation that is asked for; absent where none is. */
  readonly threshold?: number;
  readonly startsLate: number;
  /** From the start a caller was told to the moment it could start; of the worst seed. */
  readonly p99WaitErrorMs: number;
  /** From the time a caller was first told to come back to the one it was given a start; of the worst seed. */
  readonly p99ReturnErrorMs: number;
  /** Times a caller asked for each start it was given. */
  readonly asksPerStart: number;
}

/** Runs of one cell, one per seed. */
export interface MeasuredCell {
  readonly cell: Cell;
  /** Requests per second of one region that the cell is made for. */
  readonly perSecond: number;
  readonly runs: readonly RunResult[];
}

const leastUse = { tokens: 0.99, requests: 0.96, shareOfBound: 0.95 } as const;

/** Deferred, daily and concurrency dimensions are reported without one. */
export function thresholdOf({ binding, window }: Cell, perSecond: number): number | undefined {
  if (binding === 'tokens') return leastUse.tokens;
  if (binding !== 'requests') return undefined;
  if (window !== 'judged1s') return leastUse.requests;
  // What can be used of windows of 1 s whose phase nobody knows, when each start may be J late.
  const bound = (perSecond - 1) / perSecond / (1 + capacitySettings.jitterMs / 1_000);
  return leastUse.shareOfBound * bound;
}

export function variantRow({ cell, perSecond, runs }: MeasuredCell): VariantRow {
  const sum = (value: (run: RunResult) => number): number => runs.reduce((total, run) => total + value(run), 0);
  const worst = (value: (run: RunResult) => number): number => Math.max(...runs.map(value));
  const threshold = thresholdOf(cell, perSecond);
  return {
    variant: variantName(cell),
    provider: cell.provider,
    regions: cell.regions,
    overload: cell.overload,
    sent: sum((run) => run.sent),
    rateLimited: sum((run) => run.rateLimited),
    warmUpRateLimited: sum((run) => run.warmUpRateLimited),
    utilisation: round(Math.min(...runs.map((run) => run.utilisation)), 4),
    meanUtilisation: round(sum((run) => run.utilisation) / runs.length, 4),
    ...(threshold !== undefined && { threshold: round(threshold, 4) }),
    startsLate: sum((run) => run.startsLate),
    p99WaitErrorMs: round(
      worst((run) => run.p99WaitErrorMs),
      1,
    ),
    p99ReturnErrorMs: round(
      worst((run) => run.p99ReturnErrorMs),
      1,
    ),
    asksPerStart: round(sum((run) => run.asksPerGrant) / runs.length, 2),
  };
}

/** One line each. */
export function violationsOf({ cell }: Pick<MeasuredCell, 'cell'>, row: VariantRow): string[] {
  const { rateLimited, sent, utilisation, threshold } = row;
  const name = cellName(cell);
  const limited = rateLimited > 0 ? [`${name}: ${rateLimited} of ${sent} requests were answered 429`] : [];
  const isBelow = threshold !== undefined && !(utilisation >= threshold);
  return isBelow ? [...limited, `${name}: utilisation ${utilisation} is below ${threshold}`] : limited;
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
