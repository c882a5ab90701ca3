import { createRedisCapacityStore } from '../../../src/capacity/redis-store';
import { candidate, capacitySettings, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

const rpm60 = [candidate('east', { rpm: 60 })];
const gapMs = 1_051;
const slots = (concurrency: number) => [candidate('gpu', { concurrency })];

describe('the clock', () => {
  test('set back by 300 s grants as before', async () => {
    const { store, clock } = capacity.current;
    await store.reserve(request('a', rpm60));
    clock.advance(-300_000);
    expect(granted(await store.reserve(request('b', rpm60))).startInMs).toBe(gapMs);
    clock.advance(500);
    expect(granted(await store.reserve(request('c', rpm60))).startInMs).toBe(2 * gapMs - 500);
  });

  test('set back by 300 s lets leases end when they should', async () => {
    const { store, clock } = capacity.current;
    await store.reserve(request('a', slots(1)));
    clock.advance(-300_000);
    await store.reserve(request('b', slots(1)));
    clock.advance(29_999);
    expect((await store.reserve(request('b', slots(1)))).kind).toBe('wait');
    clock.advance(1);
    expect((await store.reserve(request('b', slots(1)))).kind).toBe('granted');
  });

  test('that hesitates stands still instead of going back', async () => {
    const { store, clock } = capacity.current;
    await store.reserve(request('a', rpm60));
    clock.advance(-900);
    expect(granted(await store.reserve(request('b', rpm60))).startInMs).toBe(gapMs);
  });

  test('of Redis is used when none is supplied', async () => {
    const { redis, keyPrefix } = capacity.current;
    const store = createRedisCapacityStore({ redis, keyPrefix, capacity: capacitySettings });
    const { startAt } = granted(await store.reserve(request('a', rpm60)));
    const [seconds] = await redis.time();
    expect(Math.abs(startAt - Number(seconds) * 1000)).toBeLessThan(60_000);
  });

  test('cannot be supplied in production', () => {
    const { redis, keyPrefix } = capacity.current;
    const now = (): number => 0;
    expect(() => createRedisCapacityStore({ redis, keyPrefix, capacity: capacitySettings, now })).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining('for tests only') }),
    );
  });
});

describe('lost state', () => {
  test('gets the lease of a call in flight back with its next renewal', async () => {
    const { store, loseState } = capacity.current;
    const reservation = granted(await store.reserve(request('a', slots(1))));
    await loseState();
    expect(await store.renew(reservation)).toBe(true);
    expect(await store.renew(reservation)).toBe(true);
    await store.settle({ ...reservation, outcome: 'succeeded' });
    expect(await store.renew(reservation)).toBe(false);
  });

  test('grants no slot before one lease has passed, when calls are still in flight', async () => {
    const { store, clock, loseState } = capacity.current;
    const inFlight = granted(await store.reserve(request('a', slots(2))));
    await loseState();
    expect(await store.reserve(request('b', slots(2)))).toEqual({
      kind: 'wait',
      retryInMs: 30_000,
      blockedBy: 'recovery on gpu',
    });
    clock.advance(15_000);
    await store.renew(inFlight);
    clock.advance(15_000);
    const answers = await Promise.all(['b', 'c'].map((rid) => store.reserve(request(rid, slots(2)))));
    expect(answers.map((answer) => answer.kind).sort()).toEqual(['granted', 'wait']);
  });

  test('starts no call before the ones booked ahead have started, and then without a burst', async () => {
    const { store, loseState } = capacity.current;
    await store.reserve(request('a', rpm60));
    await loseState();
    const starts = [];
    for (const rid of ['b', 'c']) starts.push(granted(await store.reserve(request(rid, rpm60))));
    expect(starts).toMatchObject([
      { startInMs: 10_000, blockedBy: 'recovery on east' },
      { startInMs: 10_000 + gapMs, blockedBy: 'rpm on east' },
    ]);
  });

  test('is noticed through any process that was there before', async () => {
    const { store, newProcess, loseState } = capacity.current;
    const inFlight = granted(await store.reserve(request('a', slots(9))));
    await loseState();
    const fresh = newProcess();
    expect((await fresh.reserve(request('b', slots(9)))).kind).toBe('granted');
    await store.renew(inFlight);
    expect(await fresh.reserve(request('c', slots(9)))).toMatchObject({ blockedBy: 'recovery on gpu' });
  });

  test('is not suspected on a first start', async () => {
    const { newProcess } = capacity.current;
    expect(granted(await newProcess().reserve(request('a', slots(1)))).startInMs).toBe(0);
  });

  test('spends the claims that were made before', async () => {
    const { store, loseState } = capacity.current;
    const reservation = granted(await store.reserve(request('a', rpm60)));
    await loseState();
    expect(await store.confirm(reservation)).toEqual({ kind: 'spent' });
  });

  test('takes a settlement or a release of what it does not know', async () => {
    const { store, loseState } = capacity.current;
    const [first, second] = [
      granted(await store.reserve(request('a', slots(9)))),
      granted(await store.reserve(request('b', slots(9)))),
    ];
    await loseState();
    await store.settle({ ...first, outcome: 'rateLimited', blockedForMs: 40_000 });
    await store.release(second);
    expect(await store.renew(first)).toBe(false);
    expect(await store.renew(second)).toBe(false);
    expect(await store.reserve(request('c', [candidate('gpu', { rpm: 60 })], { maxWaitMs: 0 }))).toMatchObject({
      retryInMs: 40_000,
      blockedBy: 'pause on gpu',
    });
  });

  test('of the scripts alone is made good by sending them again', async () => {
    const { store, redis } = capacity.current;
    const reservation = granted(await store.reserve(request('a', rpm60)));
    await redis.script('FLUSH');
    expect(await store.confirm(reservation)).toMatchObject({ kind: 'confirmed' });
    await redis.script('FLUSH');
    expect(granted(await store.reserve(request('b', rpm60))).startInMs).toBe(gapMs);
  });

  test('of the last writes alone, as a failover loses them, holds starts back until what was booked has started', async () => {
    const { store, clock, redis, dump, newProcess } = capacity.current;
    await store.reserve(request('a', rpm60));
    const before = new Map<string, Awaited<ReturnType<typeof redis.dumpBuffer>>>();
    for (const key of Object.keys(await dump())) before.set(key, await redis.dumpBuffer(key));
    clock.advance(1_000);
    for (let i = 0; i < 5; i++) await store.reserve(request(`lost${i}`, rpm60));
    for (const [key, content] of before) await redis.restore(key, 0, content, 'REPLACE');
    clock.advance(200);
    expect(granted(await store.reserve(request('b', rpm60)))).toMatchObject({
      startInMs: 10_000,
      blockedBy: 'recovery on east',
    });
    // Everybody sees it now, also who has not seen the later time.
    expect(granted(await newProcess().reserve(request('c', rpm60))).startInMs).toBeGreaterThan(10_000);
  });

  test('of a booking does not lose what its call has used', async () => {
    const { store, loseState } = capacity.current;
    const east = [candidate('east', { tpm: 1_000 }, { tokens: 100 })];
    const reservation = granted(await store.reserve(request('a', east)));
    await loseState();
    await store.reserve(request('b', east));
    const settlement = { ...reservation, outcome: 'succeeded', actual: { tokens: 300 } } as const;
    await store.settle(settlement);
    await store.settle(settlement);
    expect((await store.inspect('smart', east)).endpoints[0]?.dimensions[0]?.used).toBe(400);
  });
});
