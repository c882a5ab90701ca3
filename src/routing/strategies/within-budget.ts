import { ranksOf } from '../strategy';
import type { Strategy } from '../strategy';

/** The most capable first that the rest of the run's budget can pay for in full; then the others, cheapest first. */
export const withinBudget: Strategy = ({ options, remainingUsd = Number.POSITIVE_INFINITY }) =>
  // Sizes lie between 0 and 1, so every negative score is one that can be paid for.
  ranksOf(options.map(({ size, expectedCostUsd }) => (expectedCostUsd <= remainingUsd ? -1 - size : expectedCostUsd)));
