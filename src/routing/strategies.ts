/** Which strategy a name of the configuration means. */
import type { PoolChoice, RouteStrategy } from '../contracts/settings';
import type { Strategy } from './strategy';
import { capability } from './strategies/capability';
import { cost } from './strategies/cost';
import { headroom } from './strategies/headroom';
import { latency } from './strategies/latency';
import { learned } from './strategies/learned';
import { priority } from './strategies/priority';
import { roundRobin } from './strategies/round-robin';
import { weighted } from './strategies/weighted';
import { withinBudget } from './strategies/within-budget';

/** Among the endpoints of a pool. */
export const endpointStrategies: Readonly<Record<RouteStrategy, Strategy>> = {
  headroom,
  priority,
  weighted,
  roundRobin,
  latency,
  cost,
  capability,
  learned,
};

/** Among the pools of a tier. Endpoints of one pool are to be cheap, but a model is to be as good as the budget allows. */
export const poolStrategies: Readonly<Record<PoolChoice['by'], Strategy>> = {
  capability,
  cost: withinBudget,
  latency,
  learned,
};

/** Whether a strategy looks at how calls went. */
export function needsReadings(strategy: RouteStrategy): boolean {
  return strategy === 'latency' || strategy === 'learned';
}
