/**
 * Which pools share a hash tag. A quota group has one ledger, so all pools that reach it, directly or through another
 * pool, live in one slot; the others spread over the cluster.
 */
import type { Settings } from '../contracts/settings';

/** Pool → tag: the first quota group, in alphabetical order, of all that are connected to the pool. */
export function poolGroupsOf({ pools, endpoints }: Pick<Settings, 'pools' | 'endpoints'>): ReadonlyMap<string, string> {
  const parent = new Map<string, string>();
  const rootOf = (group: string): string => {
    const next = parent.get(group) ?? group;
    return next === group ? group : rootOf(next);
  };
  const quotaGroupsOf = (pool: string): string[] =>
    (pools[pool]?.endpoints ?? []).map((name) => endpoints[name]?.quotaGroup ?? name);

  for (const pool of Object.keys(pools)) {
    const [first, ...others] = quotaGroupsOf(pool).map(rootOf);
    for (const other of others) {
      const [low, high] = [rootOf(first ?? other), rootOf(other)].sort() as [string, string];
      parent.set(high, low);
    }
  }
  return new Map(Object.keys(pools).map((pool) => [pool, rootOf(quotaGroupsOf(pool)[0] ?? pool)]));
}
