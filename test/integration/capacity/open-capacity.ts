/** A capacity store on the shared Redis, under a prefix of its own and on a clock the test moves. */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { createRedisConnection } from '../../../src/capacity/redis-connection';
import { createRedisCapacityStore } from '../../../src/capacity/redis-store';
import type { CapacityStore } from '../../../src/capacity/store';
import type { CapacityCandidate, Reservation, ReserveAnswer, ReserveRequest } from '../../../src/contracts/capacity';
import type { CapacitySettings, Limits } from '../../../src/contracts/settings';
import { capacitySettings } from '../../support/capacity-settings';
import { readServices } from '../../support/services';

export { capacitySettings };

/** Noon of a day long past: any use of the real clock shows. */
const startOfTestMs = 1_500_000_000_000;

export interface TestClock {
  now(): number;
  advance(ms: number): void;
}

export interface Capacity {
  readonly store: CapacityStore;
  readonly clock: TestClock;
  readonly redis: Redis;
  readonly keyPrefix: string;
  /** Another store on the same keys, as a process that has just started has it. */
  newProcess(settings?: Partial<CapacitySettings>): CapacityStore;
  /** Every key under the prefix with its content. */
  dump(): Promise<Record<string, unknown>>;
  /** What FLUSHALL would do to this store, without touching other tests. */
  loseState(): Promise<void>;
}

/** Opens a store before each test of the file and drops its keys afterwards. Read `capacity.current` inside the test. */
export function useCapacity(): { readonly current: Capacity } {
  let redis: Redis | undefined;
  let current: Capacity | undefined;
  beforeAll(async () => {
    redis = (await createRedisConnection(readServices().redisUrl, { role: 'capacity-test' })) as Redis;
  });
  beforeEach(() => {
    current = openCapacity(redis as Redis);
  });
  afterEach(async () => current?.loseState());
  afterAll(async () => redis?.quit());
  return {
    get current() {
      if (current === undefined) throw new Error('the store is open inside tests only');
      return current;
    },
  };
}

export function openCapacity(redis: Redis): Capacity {
  const keyPrefix = `test-capacity-${randomUUID()}:`;
  let now = startOfTestMs;
  const newProcess = (settings: Partial<CapacitySettings> = {}): CapacityStore =>
    createRedisCapacityStore({
      redis,
      keyPrefix,
      capacity: { ...capacitySettings, ...settings },
      now: () => now,
      allowTestClock: true,
    });
  const keys = (): Promise<string[]> => redis.keys(`${keyPrefix}*`);
  return {
    store: newProcess(),
    clock: { now: () => now, advance: (ms) => void (now += ms) },
    redis,
    keyPrefix,
    newProcess,
    dump: async () => readAll(redis, await keys()),
    loseState: async () => {
      const found = await keys();
      // In pieces: a command has 200 ms.
      for (let from = 0; from < found.length; from += 500) await redis.unlink(...found.slice(from, from + 500));
    },
  };
}

async function readAll(redis: Redis, keys: readonly string[]): Promise<Record<string, unknown>> {
  const content: Record<string, unknown> = {};
  for (const key of [...keys].sort()) content[key] = (await redis.dumpBuffer(key))?.toString('base64');
  return content;
}

/** One candidate; the quota group is the endpoint unless given. */
export function candidate(
  endpoint: string,
  limits: Limits,
  { tokens = 0, quotaGroup = endpoint }: { tokens?: number; quotaGroup?: string } = {},
): CapacityCandidate {
  return { endpoint, quotaGroup, limits, cost: { tokens } };
}

/** A request of a caller that would wait for an hour. */
export function request(
  rid: string,
  candidates: readonly CapacityCandidate[],
  changes: Partial<ReserveRequest> = {},
): ReserveRequest {
  return {
    rid,
    pool: 'smart',
    candidates,
    lane: 'interactive',
    tenant: 'acme',
    maxWaitMs: 3_600_000,
    ...changes,
  };
}

/** The reservation of an answer that must be a grant. */
export function granted(answer: ReserveAnswer): Reservation {
  if (answer.kind !== 'granted') throw new Error(`expected a grant, got ${JSON.stringify(answer)}`);
  return answer.reservation;
}
