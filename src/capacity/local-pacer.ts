/**
 * The pace of one quota group while a process is on its own: each start is followed by the time its cost takes at the
 * share's rate. Nothing is saved up over idle times, so there is no burst.
 */
import type { CapacityCandidate } from '../contracts/capacity';
import type { LimitDimension } from '../contracts/settings';

export type PacedDimension = Exclude<LimitDimension, 'concurrency'>;

/** Time a cost takes, ms, for each dimension that it counts against. */
export type Gaps = ReadonlyMap<PacedDimension, number>;

const minuteMs = 60_000;
const dayMs = 86_400_000;
const periodsMs = {
  rpm: minuteMs,
  tpm: minuteMs,
  inputTpm: minuteMs,
  outputTpm: minuteMs,
  rpd: dayMs,
} as const satisfies Record<PacedDimension, number>;

/** `share` of the candidate's limits, 0–1. A daily limit is paced over the day: what was used of it today is not known. */
export function gapsOf({ limits, cost }: Pick<CapacityCandidate, 'limits' | 'cost'>, share: number): Gaps {
  const amounts: Record<PacedDimension, number> = {
    rpm: 1,
    tpm: cost.tokens,
    inputTpm: cost.inputTokens ?? cost.tokens,
    outputTpm: cost.outputTokens ?? 0,
    rpd: 1,
  };
  const gaps = new Map<PacedDimension, number>();
  for (const dimension of Object.keys(periodsMs) as PacedDimension[]) {
    const limit = limits[dimension];
    if (limit === undefined || amounts[dimension] === 0) continue;
    gaps.set(dimension, (amounts[dimension] * periodsMs[dimension]) / (limit * share));
  }
  return gaps;
}

export interface PacedStart {
  readonly atMs: number;
  /** What it waits for; absent when it is as early as was asked. */
  readonly blockedBy?: PacedDimension;
}

export class LocalPacer {
  readonly #freeAtMs = new Map<PacedDimension, number>();

  /** Not before `fromMs`, nor before the time of its own cost, `firstGaps` times, has passed since `emptySinceMs`. */
  earliest(gaps: Gaps, { fromMs, emptySinceMs, firstGaps }: EarliestFrom): PacedStart {
    let start: PacedStart = { atMs: fromMs };
    for (const [dimension, gapMs] of gaps) {
      const atMs = Math.max(this.#freeAtMs.get(dimension) ?? 0, emptySinceMs + gapMs * firstGaps);
      if (atMs > start.atMs) start = { atMs, blockedBy: dimension };
    }
    return start;
  }

  book(gaps: Gaps, atMs: number): void {
    for (const [dimension, gapMs] of gaps) this.#freeAtMs.set(dimension, atMs + gapMs);
  }
}

export interface EarliestFrom {
  readonly fromMs: number;
  readonly emptySinceMs: number;
  readonly firstGaps: number;
}
