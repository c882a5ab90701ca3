import { ranksOf } from '../strategy';
import type { Strategy } from '../strategy';

/**
 * A random order in which each option comes first with a probability proportional to its weight, and second in the
 * same proportion among the rest: a canary of weight 5 beside 95 gets one call in twenty.
 *
 * Each option waits an exponential time of rate `weight`; the first to fire is first with exactly that probability.
 */
export const weighted: Strategy = ({ options, random }) =>
  ranksOf(options.map(({ weight }) => -Math.log(1 - random()) / weight));
