/** Degraded mode from outside a worker: the flags, and what the pools call for by themselves. */
import { createRedisConnection } from '../capacity/redis-connection';
import { poolDegradation } from '../contracts/degraded';
import { createDegradedFlags } from '../journal/degraded-flags';
import type { DegradedFlags } from '../journal/degraded-flags';
import { openCapacity } from './open-capacity';
import { readWorkerEnvironment } from './worker-environment';

export interface OpenDegraded extends DegradedFlags {
  /** Why pools call for degraded mode at this moment, by their `degradeWhen`. Throws `Capacity.StoreUnavailable`. */
  poolReasons(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A person waits, and Redis is not being started by us. */
const startupTimeoutMs = 2_000;

/** Reads the environment as a worker does. Throws `Config.Invalid`, `Service.Unreachable`. */
export async function openDegraded(environment: NodeJS.ProcessEnv): Promise<OpenDegraded> {
  const { journalRedisUrl, keyPrefix } = readWorkerEnvironment(environment);
  const capacity = await openCapacity(environment);
  const redis = await createRedisConnection(journalRedisUrl, { role: 'journal', startupTimeoutMs }).catch(
    async (error: unknown) => {
      await capacity.close();
      throw error;
    },
  );
  const watched = Object.values(capacity.settings.pools).flatMap(({ name, degradeWhen }) =>
    degradeWhen === undefined ? [] : [{ name, degradeWhen }],
  );
  return {
    ...createDegradedFlags({ redis, keyPrefix }),
    poolReasons: async () => {
      const reasons = watched.map(async ({ name, degradeWhen }) =>
        poolDegradation(await capacity.inspect(name), degradeWhen),
      );
      return (await Promise.all(reasons)).filter((reason) => reason !== undefined);
    },
    close: async () => {
      await redis.quit().catch(() => redis.disconnect());
      await capacity.close();
    },
  };
}
