import type { PoolSettings } from '../contracts/settings';
import { didYouMean } from './closest';
import type { Problem } from './problems';
import type { ResolvedEndpoints } from './resolve-endpoints';
import type { ConfigFile, PoolEntry } from './schema';

export interface ResolvedPools {
  /** Only those that have an endpoint left. */
  readonly pools: ReadonlyMap<string, PoolSettings>;
  readonly problems: readonly Problem[];
}

export interface KnownPools {
  readonly file: Pick<ConfigFile, 'pools' | 'endpoints'>;
  /** Those that have an endpoint left. */
  readonly usable: ReadonlyMap<string, Pick<PoolSettings, 'endpoints'>>;
}

export function resolvePools(file: ConfigFile, resolved: ResolvedEndpoints): ResolvedPools {
  const pools = new Map<string, PoolSettings>();
  const problems: Problem[] = [];
  for (const [name, entry] of Object.entries(file.pools)) {
    for (const [index, endpoint] of entry.endpoints.entries()) {
      const path = ['pools', name, 'endpoints', index];
      if (!Object.hasOwn(file.endpoints, endpoint)) {
        const known = Object.keys(file.endpoints);
        problems.push({ path, text: `unknown endpoint "${endpoint}"${didYouMean(endpoint, known)}` });
      } else if (entry.endpoints.indexOf(endpoint) < index) {
        problems.push({ path, text: `endpoint "${endpoint}" is in this pool already` });
      }
    }
    const endpoints = entry.endpoints.filter((endpoint) => !resolved.leftOut.has(endpoint));
    if (endpoints.length > 0) pools.set(name, toSettings(name, entry, endpoints));
  }
  return { pools, problems };
}

function toSettings(name: string, entry: PoolEntry, endpoints: readonly string[]): PoolSettings {
  const { route, overload, degradeWhen, onStoreDown } = entry;
  return {
    name,
    endpoints,
    route: { by: route.by, spillAfterMs: route.spillAfter },
    ...(onStoreDown === undefined ? {} : { onStoreDown }),
    ...(overload === undefined ? {} : { overload: toMilliseconds(overload) }),
    ...(degradeWhen === undefined ? {} : { degradeWhen: toMilliseconds(degradeWhen) }),
  };
}

function toMilliseconds<Rest extends object>({
  expectedWait,
  ...rest
}: Rest & { readonly expectedWait?: number }): Omit<Rest, 'expectedWait'> & { readonly expectedWaitMs?: number } {
  return { ...rest, ...(expectedWait === undefined ? {} : { expectedWaitMs: expectedWait }) };
}
