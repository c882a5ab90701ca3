import type { PlanInput } from './plan';
import { solve } from './solve';

/** The endpoint of a pool that alone would carry the largest part of the pool's load. */
export function largestEndpoint(input: PlanInput, pool: string): string | undefined {
  const only = input.pipelines.map((one) => ({ ...one, calls: one.calls.filter((call) => call.pool === pool) }));
  const candidates = (input.pools[pool]?.endpoints ?? []).flatMap((name) => {
    const settings = input.pools[pool];
    if (settings === undefined) return [];
    const pools = { ...input.pools, [pool]: { ...settings, endpoints: [name] } };
    try {
      return [{ name, scale: solve({ ...input, pools, pipelines: only }).scale }];
    } catch {
      // It cannot take every call of the pool, so it does not stand for a region.
      return [];
    }
  });
  return candidates.sort((a, b) => b.scale - a.scale)[0]?.name;
}

/** The same settings with a second endpoint of this kind in the pool, on a quota of its own. */
export function withCopy(input: PlanInput, pool: string, endpoint: string): PlanInput {
  const original = input.endpoints[endpoint];
  const settings = input.pools[pool];
  if (original === undefined || settings === undefined) return input;
  // Names of endpoints have no space, so this is nobody else's.
  const name = `another ${endpoint}`;
  return {
    ...input,
    endpoints: { ...input.endpoints, [name]: { ...original, name, quotaGroup: name } },
    pools: { ...input.pools, [pool]: { ...settings, endpoints: [...settings.endpoints, name] } },
  };
}
