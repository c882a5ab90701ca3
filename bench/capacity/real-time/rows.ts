/** The real-time part of the result. */
import { round, variantRow, violationsOf } from '../judge';
import type { VariantRow } from '../judge';
import type { RealTimeRun } from './run-real-time';

export interface RealTimeRow extends VariantRow {
  /** `holdfast` or a peer. */
  readonly client: string;
  readonly rateLimitedShare: number;
  readonly p99DispatchMs: number;
  readonly maxDispatchMs: number;
  /** Requests that reached the provider later than the engine plans for. */
  readonly dispatchedLate: number;
}

export function realTimeRow({ cell, result, dispatch }: RealTimeRun): RealTimeRow {
  const row = variantRow({ cell: cell.cell, perSecond: cell.perSecond, runs: [result] });
  return {
    client: cell.contender,
    ...row,
    rateLimitedShare: round(row.sent === 0 ? 0 : row.rateLimited / row.sent, 4),
    p99DispatchMs: dispatch.p99Ms,
    maxDispatchMs: dispatch.maxMs,
    dispatchedLate: dispatch.late,
  };
}

/** Beyond this share of late starts, the use that is lost is the machine's. */
const lateShare = 0.002;

/**
 * A 429 in a cell whose requests came later than planned for, and use that was lost to late starts, stand in the cell's
 * row, but prove nothing about the engine.
 */
export function realTimeViolations({ cell, dispatch }: RealTimeRun, row: RealTimeRow): string[] {
  if (cell.contender !== 'holdfast') return [];
  const { threshold, ...others } = row;
  const isSlow = row.startsLate + dispatch.late > lateShare * row.sent;
  const judged = {
    ...others,
    rateLimited: dispatch.late > 0 ? 0 : row.rateLimited,
    ...(threshold !== undefined && !isSlow && { threshold }),
  };
  return violationsOf(cell, judged).map((violation) => `real time: ${violation}`);
}
