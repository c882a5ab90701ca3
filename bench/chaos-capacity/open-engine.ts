/** The engine as a worker composes it: the store on Redis, its policy for outages, one provider client per endpoint. */
import type { CostEstimator } from '../../src/activities/ports';
import { createCostEstimator } from '../../src/capacity/estimate';
import { announceWorker } from '../../src/capacity/live-workers';
import { poolGroupsOf } from '../../src/capacity/pool-groups';
import { createRedisConnection } from '../../src/capacity/redis-connection';
import { createRedisCapacityStore } from '../../src/capacity/redis-store';
import type { CapacityStore } from '../../src/capacity/store';
import { withStorePolicy } from '../../src/capacity/with-store-policy';
import { loadSettings } from '../../src/config/load-settings';
import type { EndpointSettings, Settings } from '../../src/contracts/settings';
import { createProvider } from '../../src/providers/create-provider';
import type { Provider } from '../../src/providers/provider';
import { keyPrefix, poolName, warmUpEndpoint } from './account';

export interface Engine {
  readonly settings: Settings;
  readonly store: CapacityStore;
  readonly estimator: CostEstimator;
  /** Of the pool. */
  readonly endpoints: readonly EndpointSettings[];
  readonly warmUp: EndpointSettings;
  providerOf(endpoint: EndpointSettings): Provider;
}

export interface EngineOptions {
  readonly configFile: string;
  readonly redisUrl: string;
  /** Names the process among those that share the limits. */
  readonly id: string;
}

export async function openEngine({ configFile, redisUrl, id }: EngineOptions): Promise<Engine> {
  const settings = loadSettings({ file: configFile, environment: process.env });
  const { pools, capacity } = settings;
  const endpoints = (pools[poolName]?.endpoints ?? []).map((name) => settings.endpoints[name] as EndpointSettings);
  const redis = await createRedisConnection(redisUrl, { role: 'capacity' });
  const groups = poolGroupsOf(settings);
  const groupOfPool = (pool: string): string => groups.get(pool) ?? pool;
  const workers = announceWorker({ redis, keyPrefix, id });
  const store = withStorePolicy(createRedisCapacityStore({ redis, keyPrefix, capacity, groupOfPool }), {
    pools,
    capacity,
    liveWorkers: () => workers.count(),
  });
  const warmUp = settings.endpoints[warmUpEndpoint] as EndpointSettings;
  const providers = new Map(
    [...endpoints, warmUp].map((endpoint) => [
      endpoint.name,
      createProvider({ endpoint, apiKey: process.env[endpoint.apiKeyEnv ?? ''] ?? '' }),
    ]),
  );
  return {
    settings,
    store,
    estimator: createCostEstimator(endpoints),
    endpoints,
    warmUp,
    providerOf: ({ name }) => providers.get(name) as Provider,
  };
}
