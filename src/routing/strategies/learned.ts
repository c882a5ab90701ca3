import { randomBeta } from '../random-beta';
import { ranksOf } from '../strategy';
import type { RouteContext, RouteOption, Strategy } from '../strategy';

/** What a successful call is worth at most, and what it loses for being slower and dearer than the best. Sum 1. */
const rewardShares = { success: 0.5, latency: 0.25, cost: 0.25 } as const;

/** Past this many calls an option is as well known as it gets: some doubt must be left, or nothing new is noticed. */
const mostEvidence = 200;

/**
 * A bandit: learns which option is worth most and goes on looking whether that is still so.
 *
 * Reward of a call, 0–1:
 *
 *   failed     0
 *   succeeded  0.5 + 0.25 × lowest latency / its latency + 0.25 × lowest cost / its cost
 *
 * Latency and cost are means of the last calls; where any cost is not known yet, what this request would cost stands
 * in for all of them. The mean reward m of an option over its n last calls (they fade with a half-life of ten minutes)
 * makes the belief Beta(1 + m·n, 1 + (1 − m)·n); each call draws once from every belief and prefers the best draw
 * (Thompson sampling). Few calls, or calls long ago, make a wide belief that now and then draws best: that is how it
 * explores. Draws differ from call to call, so many workers with the same readings do not run after each other, which
 * an upper confidence bound would make them do.
 */
export const learned: Strategy = (context) => {
  const best = bestOf(context.options);
  return ranksOf(context.options.map((option) => -draw(option, best, context)));
};

interface Best {
  readonly latencyMs: number;
  readonly costUsd: number;
  /** Costs are measured for every option, so they can be compared. */
  readonly costIsMeasured: boolean;
}

function bestOf(options: readonly RouteOption[]): Best {
  const costIsMeasured = options.every(({ reading }) => reading?.costUsd !== undefined);
  return {
    latencyMs: Math.min(...options.map(({ reading }) => reading?.latencyMs ?? Number.POSITIVE_INFINITY)),
    costUsd: Math.min(...options.map((option) => costOf(option, costIsMeasured))),
    costIsMeasured,
  };
}

function costOf({ reading, expectedCostUsd }: RouteOption, isMeasured: boolean): number {
  return isMeasured ? (reading?.costUsd ?? 0) : expectedCostUsd;
}

function draw(option: RouteOption, best: Best, { random }: RouteContext): number {
  const { calls = 0, faults = 0, latencyMs = best.latencyMs } = option.reading ?? {};
  const succeeded = calls > 0 ? Math.max(0, 1 - faults / calls) : 1;
  const value =
    rewardShares.success +
    rewardShares.latency * shareOf(best.latencyMs, latencyMs) +
    rewardShares.cost * shareOf(best.costUsd, costOf(option, best.costIsMeasured));
  const evidence = Math.min(calls, mostEvidence);
  const gained = succeeded * value * evidence;
  return randomBeta(1 + gained, 1 + evidence - gained, random);
}

/** 1 for the best, 0.5 for one twice as high. Nothing beats free. */
function shareOf(lowest: number, own: number): number {
  return own <= lowest ? 1 : lowest / own;
}
