/** A look at the capacity store from outside a worker: the same settings, Redis and keys, and nothing else. */
import { poolGroupsOf } from '../capacity/pool-groups';
import { createRedisConnection } from '../capacity/redis-connection';
import { createRedisCapacityStore } from '../capacity/redis-store';
import type { CapacityCandidate, PoolReading } from '../contracts/capacity';
import type { Limits, Settings } from '../contracts/settings';
import { HoldfastError } from '../errors/holdfast-error';
import { loadDeclaredSettings } from './declared-settings';
import { readWorkerEnvironment } from './worker-environment';

export interface OpenCapacity {
  /** Every endpoint of the file, whether this machine has its key or not. */
  readonly settings: Settings;
  /** How a pool of the settings stands. Changes nothing. Throws `Capacity.StoreUnavailable`. */
  inspect(pool: string): Promise<PoolReading>;
  /** Puts limits in force for every worker. Result: their version. Throws `Config.Invalid`, `Capacity.StoreUnavailable`. */
  setLimits(quotaGroup: string, limits: Limits): Promise<number>;
  close(): Promise<void>;
}

export interface OpenCapacityOptions {
  /** Checked before Redis is contacted; throws what the caller likes. */
  readonly check?: (settings: Settings) => void;
}

/** A person waits, and Redis is not being started by us. */
const startupTimeoutMs = 2_000;

/** Reads the environment as a worker does. Throws `Config.Invalid`, `Service.Unreachable`, and what `check` throws. */
export async function openCapacity(
  environment: NodeJS.ProcessEnv,
  { check }: OpenCapacityOptions = {},
): Promise<OpenCapacity> {
  const { configFile, redisUrl, keyPrefix } = readWorkerEnvironment(environment);
  const settings = loadDeclaredSettings(configFile);
  check?.(settings);
  const redis = await createRedisConnection(redisUrl, { role: 'capacity', startupTimeoutMs });
  const groups = poolGroupsOf(settings);
  const groupOfPool = (pool: string): string => groups.get(pool) ?? pool;
  const store = createRedisCapacityStore({ redis, keyPrefix, capacity: settings.capacity, groupOfPool });
  return {
    settings,
    inspect: (pool) => store.inspect(pool, endpointsOf(settings, pool)),
    setLimits: (quotaGroup, limits) => store.setLimits({ pool: poolOf(settings, quotaGroup), quotaGroup, limits }),
    // A connection that is down already cannot say goodbye.
    close: async () => void (await redis.quit().catch(() => redis.disconnect())),
  };
}

/** Any pool that reaches the group: they all share its slot. */
function poolOf(settings: Settings, quotaGroup: string): string {
  const pools = Object.keys(settings.pools);
  const pool = pools.find((name) => endpointsOf(settings, name).some((endpoint) => endpoint.quotaGroup === quotaGroup));
  if (pool !== undefined) return pool;
  throw new HoldfastError('Config.Invalid', `${settings.file}: no pool reaches the quota group "${quotaGroup}"`);
}

function endpointsOf(
  { pools, endpoints }: Settings,
  pool: string,
): Pick<CapacityCandidate, 'endpoint' | 'quotaGroup' | 'limits'>[] {
  return (pools[pool]?.endpoints ?? []).flatMap((name) => {
    const endpoint = endpoints[name];
    return endpoint === undefined ? [] : [{ endpoint: name, quotaGroup: endpoint.quotaGroup, limits: endpoint.limits }];
  });
}
