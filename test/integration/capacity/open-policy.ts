/** A store as a worker has it, with its policy for outages, on a Redis of the test's own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisConnection, type RedisConnection } from '../../../src/capacity/redis-connection';
import { createRedisCapacityStore } from '../../../src/capacity/redis-store';
import { withStorePolicy, type PolicyStore } from '../../../src/capacity/with-store-policy';
import type { Reservation } from '../../../src/contracts/capacity';
import { capacitySettings, candidate, granted, request } from './open-capacity';
import { until } from './own-redis';

export interface Worker {
  readonly redis: RedisConnection;
  readonly store: PolicyStore;
  /** `down` and `up`, as they came. */
  readonly changes: readonly string[];
  close(): void;
}

export interface WorkerOptions {
  readonly url: string;
  readonly liveWorkers?: number;
  readonly groupOfPool?: (pool: string) => string;
}

/** Pool `smart` has the policy localShare, pool `patient` waits. */
export async function openWorker({ url, liveWorkers = 1, groupOfPool }: WorkerOptions): Promise<Worker> {
  const redis = await createRedisConnection(url, { role: 'capacity' });
  const changes: string[] = [];
  const behind = createRedisCapacityStore({
    redis,
    keyPrefix: 'test:',
    capacity: capacitySettings,
    ...(groupOfPool && { groupOfPool }),
  });
  const store = withStorePolicy(behind, {
    pools: { smart: { onStoreDown: 'localShare' }, patient: { onStoreDown: 'wait' } },
    capacity: capacitySettings,
    liveWorkers: () => liveWorkers,
    onChange: (pool, error) => changes.push(`${pool} ${error === undefined ? 'up' : 'down'}`),
    random: () => 0,
  });
  return {
    redis,
    store,
    changes,
    close: () => {
      store.close();
      redis.disconnect();
    },
  };
}

/** Longest an operation may take: 450 ms, and what a busy machine adds. */
const budgetMs = 600;

/** Fails when the work is not done in time. A machine that stands still delays the timer as well. */
export async function inTime<T>(work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(budgetMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`the operation took more than ${budgetMs} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}

/** 60 starts of Redis in a minute, 30 of the share: a gap of two seconds. */
export const east = [candidate('east', { rpm: 60 })];
export const shareGapMs = 2_000;

/** All operations at once, each in time; none throws. Answers what was granted, the earliest first. */
export async function useAll(
  store: PolicyStore,
  standing: readonly Reservation[],
  tag: string,
): Promise<Reservation[]> {
  const [inFlight, booked, settled, released] = standing as [Reservation, Reservation, Reservation, Reservation];
  const answers = ['a', 'b', 'c', 'd', 'e'].map((rid) => inTime(store.reserve(request(`${tag}-${rid}`, east))));
  expect(await inTime(store.renew(inFlight))).toBe(true);
  await inTime(store.confirm(booked));
  await inTime(store.settle({ ...settled, outcome: 'succeeded' }));
  await inTime(store.release(released));
  return (await Promise.all(answers)).map(granted).sort((a, b) => a.startAt - b.startAt);
}

/** Starts of the share: none within the first gap, and none closer than a gap. */
export function expectShare(reservations: readonly Reservation[]): void {
  const [first] = reservations;
  expect(first?.startInMs).toBeGreaterThan(shareGapMs - budgetMs);
  for (const [i, { startAt }] of reservations.slice(1).entries()) {
    // Rounded up to whole milliseconds.
    expect(startAt - (reservations[i]?.startAt ?? 0)).toBeGreaterThanOrEqual(shareGapMs - 1);
  }
}

/** Asks until Redis itself grants again, each time in time. */
export async function untilStoreGrants({ store, changes }: Worker, tag = 'back'): Promise<Reservation> {
  let tries = 0;
  await until(async () => {
    await inTime(store.reserve(request(`${tag}-asked-${tries++}`, east)));
    // A connection that is back before the second attempt is no outage at all.
    return (changes.at(-1) ?? 'smart up') === 'smart up';
  });
  return granted(await inTime(store.reserve(request(`${tag}-granted`, east))));
}
