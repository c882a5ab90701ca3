/** Whether a run is to leave out what is heavy: an operator has said so, or a pool calls for it. */
import { flagFor, poolDegradation } from '../contracts/degraded';
import type { DegradedMode, ReadDegradedInput } from '../contracts/degraded';
import { askedPoolsOf } from '../contracts/settings';
import type { ActivityDependencies } from './ports';
import { endpointsOf, stepOf } from './resolve-step';

/** While Redis is silent nothing is left out on a guess. Throws `Config.Invalid` for an unknown step. */
export async function readDegraded(deps: ActivityDependencies, input: ReadDegradedInput): Promise<DegradedMode> {
  const pools = poolsOf(deps, input);
  const flags = await deps.degraded.read().catch(() => []);
  const flag = flagFor(flags, input);
  if (flag !== undefined) return { on: true, reason: flag.reason, by: flag.by };
  const reasons = await Promise.all(pools.map((pool) => reasonOf(deps, pool)));
  const reason = reasons.find((one) => one !== undefined);
  return reason === undefined ? { on: false } : { on: true, reason, by: 'policy' };
}

function poolsOf(deps: ActivityDependencies, { step }: ReadDegradedInput): string[] {
  if (step === undefined) return Object.keys(deps.settings.pools);
  return [
    ...new Set(
      stepOf(deps, step)
        .tiers.flatMap(askedPoolsOf)
        .map(({ pool }) => pool),
    ),
  ];
}

async function reasonOf(deps: ActivityDependencies, pool: string): Promise<string | undefined> {
  const when = deps.settings.pools[pool]?.degradeWhen;
  if (when === undefined) return undefined;
  const asked = endpointsOf(deps, pool).map(({ name, quotaGroup, limits }) => ({ endpoint: name, quotaGroup, limits }));
  const reading = await deps.store.inspect(pool, asked).catch(() => undefined);
  return reading && poolDegradation(reading, when);
}
