/**
 * What every strategy is: a pure function from what is known about the options to ranks, lower preferred. It decides
 * nothing about time. The capacity engine takes, in one step with the claim, the lowest rank among the options that can
 * start soon enough; equal ranks leave the choice to the earlier start and the larger headroom.
 */
import type { RouteReading } from './route-reading';

/** One endpoint of a pool, or one pool of a tier that chooses between pools. */
export interface RouteOption {
  readonly name: string;
  /** How capable its model is beside the others: 0 the smallest, 1 the largest. */
  readonly size: number;
  /** Share of the calls, relative to the other options. */
  readonly weight: number;
  /** Of this request if its answer is as long as it may be, US dollars. */
  readonly expectedCostUsd: number;
  /** What its calls were like lately; absent while nothing is known. */
  readonly reading?: RouteReading;
}

export interface RouteContext {
  readonly options: readonly RouteOption[];
  /** The size this request calls for by its complexity. */
  readonly wantedSize: number;
  /** What the run may still spend, US dollars; absent = any amount. */
  readonly remainingUsd?: number;
  /** Uniform in [0, 1), the same sequence whenever the same claim is made again. */
  readonly random: () => number;
  /** How often this process has asked for this pool before. */
  readonly turn: number;
}

export type Strategy = (context: RouteContext) => number[];

/** Ranks from scores, lower better: 0, 1, 2 …, equal scores sharing one. */
export function ranksOf(scores: readonly number[]): number[] {
  const distinct = [...new Set(scores)].sort((a, b) => a - b);
  return scores.map((score) => distinct.indexOf(score));
}
