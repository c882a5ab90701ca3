import type { Reservation, Settlement } from '../../../src/contracts/capacity';
import { candidate, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

const pool = [candidate('east', { rpm: 6_000 })];
const both = [...pool, candidate('west', { rpm: 6_000 })];
let calls = 0;

async function call(settlement: Partial<Settlement>, candidates = pool): Promise<Reservation> {
  const { store } = capacity.current;
  const reservation = granted(await store.reserve(request(`call${calls++}`, candidates)));
  await store.settle({ ...reservation, outcome: 'failed', ...settlement });
  return reservation;
}

async function fail(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await call({ isFault: true });
}

async function succeed(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await call({ outcome: 'succeeded' });
}

async function breakerOf(): Promise<string | undefined> {
  return (await capacity.current.store.inspect('smart', pool)).endpoints[0]?.breaker;
}

const atOnce = (rid: string, candidates = pool) => request(rid, candidates, { maxWaitMs: 0, queues: false });

describe('the breaker', () => {
  test('stays closed below twenty calls, and at half of them', async () => {
    await fail(19);
    expect(await breakerOf()).toBe('closed');
    await capacity.current.loseState();
    await succeed(15);
    await fail(15);
    expect(await breakerOf()).toBe('closed');
  });

  test('opens when more than half of twenty calls of a minute have failed, for every process', async () => {
    await succeed(9);
    await fail(11);
    expect(await breakerOf()).toBe('open');
    expect(await capacity.current.newProcess().reserve(atOnce('a'))).toMatchObject({
      kind: 'wait',
      blockedBy: 'breaker on east',
    });
  });

  test('forgets what is older than a minute', async () => {
    await fail(15);
    capacity.current.clock.advance(70_000);
    await fail(5);
    expect(await breakerOf()).toBe('closed');
  });

  test.each<[string, Partial<Settlement>]>([
    ['429s', { outcome: 'rateLimited', blockedForMs: 0 }],
    ['refused requests', { outcome: 'refused' }],
    ['calls that we cut off ourselves', { outcome: 'unknown' }],
    ['answers that are of no use', { outcome: 'failed' }],
  ])('does not count %s as failures', async (_, settlement) => {
    for (let i = 0; i < 30; i++) await call(settlement);
    expect(await breakerOf()).toBe('closed');
  });

  test('sends calls elsewhere while it is open', async () => {
    await fail(20);
    for (let i = 0; i < 5; i++) expect((await call({ outcome: 'succeeded' }, both)).endpoint).toBe('west');
  });

  test('lets exactly one call through when its time is over', async () => {
    const { store, clock } = capacity.current;
    await fail(20);
    clock.advance(5_000);
    const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => store.reserve(atOnce(`p${n}`))));
    expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
    expect(await breakerOf()).toBe('probing');
  });

  test('opens again, for twice as long, when that one fails', async () => {
    const { store, clock } = capacity.current;
    await fail(20);
    clock.advance(5_000);
    const probe = granted(await store.reserve(atOnce('probe')));
    await store.settle({ ...probe, outcome: 'unknown', isFault: true });
    expect(await breakerOf()).toBe('open');
    clock.advance(9_999);
    expect(await store.reserve(atOnce('early'))).toMatchObject({ kind: 'wait' });
    clock.advance(1);
    granted(await store.reserve(atOnce('again')));
  });

  test('takes another probe when the first was released, or its holder died', async () => {
    const { store, clock } = capacity.current;
    await fail(20);
    clock.advance(5_000);
    await store.release(granted(await store.reserve(atOnce('released'))));
    granted(await store.reserve(atOnce('dies')));
    expect(await store.reserve(atOnce('second'))).toMatchObject({ kind: 'wait' });
    clock.advance(30_000);
    granted(await store.reserve(atOnce('third')));
  });

  test('knows its probe for as long as it is renewed', async () => {
    const { store, clock } = capacity.current;
    await fail(20);
    clock.advance(5_000);
    const probe = granted(await store.reserve(atOnce('probe')));
    for (let i = 0; i < 4; i++) {
      clock.advance(10_000);
      await store.renew(probe);
    }
    expect(await store.reserve(atOnce('second'))).toMatchObject({ kind: 'wait' });
  });

  test('lets no claim pass that was booked before it opened, except as its probe', async () => {
    const { store, clock } = capacity.current;
    const slow = [candidate('east', { rpm: 6_000, concurrency: 1_000 })];
    const booked = [];
    for (let i = 0; i < 300; i++) booked.push(granted(await store.reserve(request(`b${i}`, slow))));
    const early = booked.splice(0, 40);
    for (const reservation of early) await store.settle({ ...reservation, outcome: 'failed', isFault: true });
    clock.advance(2_500);
    for (const reservation of booked) expect((await store.confirm(reservation)).kind).toBe('spent');
  });

  test('recovers stepwise: a tenth of the rate, then a quarter, a half, three quarters, all of it', async () => {
    const { store, clock } = capacity.current;
    await fail(20);
    clock.advance(5_000);
    await store.settle({ ...granted(await store.reserve(atOnce('probe'))), outcome: 'succeeded' });
    expect(await breakerOf()).toBe('ramping');
    const beganAtMs = clock.now();
    const started = [0, 0, 0, 0, 0];
    while (clock.now() < beganAtMs + 33_000) {
      const { rid, ...reservation } = granted(await store.reserve(request(`r${calls++}`, pool)));
      clock.advance(reservation.startInMs);
      const step = Math.floor((clock.now() - beganAtMs) / 7_500);
      started[step] = (started[step] ?? 0) + 1;
      await store.settle({ ...reservation, rid, outcome: 'succeeded' });
    }
    // Calls per step of 7.5 s; 750 are all.
    const shares = started.slice(0, 4).map((count) => count / 750);
    [0.1, 0.25, 0.5, 0.75].forEach((share, index) => expect(shares[index]).toBeCloseTo(share, 1));
    expect(await breakerOf()).toBe('closed');
  });

  test('opens sooner while it recovers: more than half of five', async () => {
    const { store, clock } = capacity.current;
    await fail(20);
    clock.advance(5_000);
    await store.settle({ ...granted(await store.reserve(atOnce('probe'))), outcome: 'succeeded' });
    for (let i = 0; i < 5; i++) await call({ isFault: true });
    expect(await breakerOf()).toBe('open');
  });
});

describe('an endpoint that is closed', () => {
  test('does not hold up the others of its quota group', async () => {
    const { store } = capacity.current;
    const limits = { rpm: 600 };
    const [a, b] = [candidate('a', limits, { quotaGroup: 'g' }), candidate('b', limits, { quotaGroup: 'g' })];
    const first = granted(await store.reserve(request('first', [a])));
    await store.settle({ ...first, outcome: 'dead', blockedForMs: 9_000 });
    expect(await store.reserve(request('onA', [a]))).toMatchObject({ kind: 'wait', blockedBy: 'pause on a' });
    expect(granted(await store.reserve(request('onB', [b]))).startInMs).toBeLessThan(200);
  });
});
