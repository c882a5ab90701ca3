/** How long an answer out of the batch lane is likely to take: what the caller of a deferred step is told. */
import type { DeferredTierPlan, StepPlan } from '../contracts/step';
import type { ActivityDependencies } from './ports';
import { endpointsOf } from './resolve-step';

/** Milliseconds, at most the time the tier has. A guess by the state of the pool, no promise. */
export async function expectedMsOf(
  deps: ActivityDependencies,
  { timeouts }: StepPlan,
  { deferred, withinMs }: DeferredTierPlan,
): Promise<number> {
  const asked = endpointsOf(deps, deferred).map(({ name, quotaGroup, limits }) => ({
    endpoint: name,
    quotaGroup,
    limits,
  }));
  // A store that does not answer says nothing about the wait; a whole call is then the best guess there is.
  const reading = await deps.store.inspect(deferred, asked).catch(() => undefined);
  if (reading === undefined) return Math.min(withinMs, timeouts.callMs);
  const latencies = reading.endpoints.flatMap(({ latencyMs }) => latencyMs ?? []);
  const callMs = latencies.length === 0 ? timeouts.callMs : Math.max(...latencies);
  return Math.round(Math.min(withinMs, reading.expectedWaitMs.batch + callMs));
}
