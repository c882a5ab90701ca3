/** What becomes of calls while Redis is gone, hung, slow or flushed: on a real Redis of the test's own. */
import { once } from 'node:events';
import { announceWorker } from '../../../src/capacity/live-workers';
import { startFaultProxy, type FaultProxy } from './fault-proxy';
import { candidate, granted, request } from './open-capacity';
import { east, expectShare, inTime, openWorker, untilStoreGrants, useAll, type Worker } from './open-policy';
import { openOwnServers, until, type OwnRedis, type OwnServers } from './own-redis';

let servers: OwnServers;
let redis: OwnRedis;
let proxy: FaultProxy;
let worker: Worker;

beforeAll(async () => {
  servers = await openOwnServers();
  redis = await servers.start();
  proxy = await startFaultProxy(redis.url);
});
afterAll(async () => {
  await proxy.close();
  await servers.stop();
});
beforeEach(async () => {
  await redis.admin.flushall();
  worker = await openWorker({ url: proxy.url });
});
afterEach(() => {
  worker.close();
  proxy.resume();
});

async function grantFour(): Promise<ReturnType<typeof granted>[]> {
  const reservations = [];
  for (const rid of ['1', '2', '3', '4']) reservations.push(granted(await worker.store.reserve(request(rid, east))));
  return reservations;
}

describe('Redis that', () => {
  test('was killed leaves each process its share, and grants again when it is back', async () => {
    const standing = await grantFour();
    await redis.kill();
    expectShare(await useAll(worker.store, standing, 'down'));
    await expect(inTime(worker.store.reserve(request('x', east, { pool: 'patient' })))).rejects.toMatchObject({
      type: 'Capacity.StoreUnavailable',
    });
    await redis.restart();
    const { startInMs } = await untilStoreGrants(worker);
    expect(startInMs).toBeGreaterThanOrEqual(0);
    expect(worker.changes.filter((change) => change.startsWith('smart'))).toEqual(['smart down', 'smart up']);
  });

  test('hangs holds nobody up for long, and is used again when it goes on', async () => {
    const standing = await grantFour();
    await redis.admin.client('PAUSE', 1_500, 'ALL');
    expectShare(await useAll(worker.store, standing, 'hung'));
    await untilStoreGrants(worker);
  });

  test('is slow, but fast enough, is used', async () => {
    await worker.store.reserve(request('first', east));
    proxy.delayAnswers(150);
    const { startInMs } = granted(await inTime(worker.store.reserve(request('slow', east))));
    expect(startInMs).toBeLessThan(1_052);
    expect(worker.changes).toEqual([]);
  });

  test('is too slow counts as gone, and is used again once it is faster', async () => {
    const standing = await grantFour();
    proxy.delayAnswers(300);
    expectShare(await useAll(worker.store, standing, 'slow'));
    proxy.delayAnswers(20);
    await untilStoreGrants(worker);
  });

  test('was flushed grants on, without a burst', async () => {
    const standing = await grantFour();
    await redis.admin.flushall();
    expect(await inTime(worker.store.renew(standing[0] as never))).toBe(true);
    const starts: number[] = [];
    for (const rid of ['a', 'b', 'c']) {
      starts.push(granted(await inTime(worker.store.reserve(request(rid, east, { maxWaitMs: 60_000 })))).startInMs);
    }
    for (const [i, startInMs] of starts.slice(1).entries()) {
      expect(startInMs - (starts[i] ?? 0)).toBeGreaterThan(1_000);
    }
    // What had been booked ahead still starts.
    expect(starts[0]).toBeGreaterThan(3_000);
  });

  test('comes back empty learns of the calls in flight before it grants a slot', async () => {
    const gpu = [candidate('gpu', { concurrency: 4 })];
    await redis.kill();
    const inFlight = granted(await inTime(worker.store.reserve(request('local', gpu))));
    await inTime(worker.store.reserve(request('other', gpu)));
    expect(await inTime(worker.store.reserve(request('third', gpu)))).toMatchObject({ kind: 'wait' });
    await redis.restart();
    await until(() => worker.changes.at(-1) === 'smart up');
    const kinds = [];
    for (const rid of ['1', '2', '3']) kinds.push((await worker.store.reserve(request(rid, gpu))).kind);
    expect(kinds).toEqual(['granted', 'granted', 'wait']);
    await worker.store.settle({ ...inFlight, outcome: 'succeeded' });
    expect(await worker.store.reserve(request('3', gpu))).toMatchObject({ kind: 'granted' });
  });
});

describe('announceWorker', () => {
  const announce = (id: string) => announceWorker({ redis: worker.redis, keyPrefix: 'test:', id });

  test('lets workers know how many they are, without waiting for Redis', async () => {
    const workers = [announce('a'), announce('b'), announce('c')];
    expect(workers[0]?.count()).toBe(1);
    await until(() => workers.some((each) => each.count() === 3));
    // The first one sees the others when it announces itself again.
    await until(() => workers.every((each) => each.count() === 3));
    await Promise.all(workers.map((each) => each.close()));
    expect(await redis.admin.zcard('test:workers')).toBe(0);
  });

  test('counts only those that have announced themselves in the last 30 s of the clock of Redis', async () => {
    const [seconds] = await redis.admin.time();
    const nowMs = Number(seconds) * 1_000;
    await redis.admin.zadd('test:workers', nowMs - 1, 'dead', nowMs + 29_000, 'alive');
    const workers = announce('new');
    await until(() => workers.count() > 1);
    expect(workers.count()).toBe(2);
    const expiresAtMs = Number(await redis.admin.zscore('test:workers', 'new'));
    expect(expiresAtMs - nowMs).toBeGreaterThanOrEqual(30_000);
    expect(expiresAtMs - nowMs).toBeLessThan(35_000);
    await workers.close();
  });

  test('remembers the others while Redis is gone', async () => {
    const workers = announce('a');
    const other = announce('b');
    await until(() => workers.count() === 2);
    const closed = once(worker.redis as never, 'close');
    await proxy.cut();
    await closed;
    expect([workers.count(), other.count()]).toEqual([2, 2]);
    await inTime(workers.close());
    await inTime(other.close());
    await proxy.restore();
  });
});
