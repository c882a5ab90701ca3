import { ranksOf } from '../strategy';
import type { Strategy } from '../strategy';

/** Cheapest first, by what this very request costs there if its answer is as long as it may be. */
export const cost: Strategy = ({ options }) => ranksOf(options.map(({ expectedCostUsd }) => expectedCostUsd));
