/**
 * A store for many sequences, one after the other: each has a pool of its own, and with it keys of its own. Making a
 * store costs ten times what a sequence does, because it reads the scripts.
 */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { createRedisCapacityStore } from '../../../../src/capacity/redis-store';
import type { CapacityStore } from '../../../../src/capacity/store';
import type { CapacitySettings } from '../../../../src/contracts/settings';
import { HoldfastError } from '../../../../src/errors';
import { readServices } from '../../../support/services';
import { capacitySettings, type TestClock } from '../open-capacity';

/** Half past eleven at night in California, so that days end within sequences. */
const startMs = Date.UTC(2026, 10, 6, 7, 30);

export interface Opened {
  readonly pool: string;
  readonly store: CapacityStore;
  /** That of the store: a host may set it back. */
  readonly clock: TestClock;
  readonly redis: Redis;
  /** Every key with its content. */
  dump(): Promise<Record<string, unknown>>;
  /** The same store on fresh keys, at the time this one began. */
  another(): Opened;
  loseState(): Promise<void>;
}

export interface Sequences {
  open(): Opened;
}

/** A connection for all tests of a file. It waits for Redis however long a busy machine takes. */
export function useRedis(): { readonly current: Redis } {
  let redis: Redis | undefined;
  beforeAll(() => {
    redis = new Redis(readServices().redisUrl);
  });
  afterAll(async () => redis?.quit());
  return {
    get current() {
      if (redis === undefined) throw new Error('Redis is connected inside tests only');
      return redis;
    },
  };
}

export function openSequences(redis: Redis, settings: Partial<CapacitySettings> = {}): Sequences {
  const keyPrefix = `test-invariants-${randomUUID()}:`;
  let now = startMs;
  let opened = 0;
  const store = repeating(
    createRedisCapacityStore({
      redis,
      keyPrefix,
      capacity: { ...capacitySettings, ...settings },
      groupOfPool: (pool) => pool,
      now: () => now,
      allowTestClock: true,
    }),
  );
  function open(): Opened {
    const pool = `pool-${opened++}`;
    now = startMs;
    const keys = (): Promise<string[]> => redis.keys(`${keyPrefix}{${pool}}:*`);
    return {
      ...{ pool, store, redis },
      clock: { now: () => now, advance: (ms) => void (now += ms) },
      another: open,
      dump: async () => contentOf(redis, (await keys()).sort()),
      loseState: async () => {
        const found = await keys();
        if (found.length > 0) await redis.del(...found);
      },
    };
  }
  return { open };
}

const mostTries = 10;

/** On a busy machine an answer may come too late, and every operation may be sent again. */
export function repeating(store: CapacityStore): CapacityStore {
  const again = async <T>(operation: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      try {
        return await operation();
      } catch (error) {
        const isLate = error instanceof HoldfastError && error.type === 'Capacity.StoreUnavailable';
        if (!isLate || tries === mostTries) throw error;
      }
    }
  };
  return {
    reserve: (request) => again(() => store.reserve(request)),
    confirm: (reservation) => again(() => store.confirm(reservation)),
    renew: (reservation) => again(() => store.renew(reservation)),
    settle: (settlement) => again(() => store.settle(settlement)),
    release: (claim) => again(() => store.release(claim)),
    setLimits: (change) => store.setLimits(change),
    inspect: (pool, endpoints) => again(() => store.inspect(pool, endpoints)),
  };
}

/** Of a hash each field: which one has changed is what one wants to know. */
async function contentOf(redis: Redis, keys: readonly string[]): Promise<Record<string, unknown>> {
  const contents = await Promise.all(
    keys.map(async (key): Promise<[string, unknown][]> => {
      if ((await redis.type(key)) !== 'hash') return [[key, (await redis.dumpBuffer(key))?.toString('base64')]];
      const fields = Object.entries(await redis.hgetallBuffer(key));
      return fields.map(([field, value]) => [`${key} ${field}`, value.toString('base64')]);
    }),
  );
  return Object.fromEntries(contents.flat());
}
