import { candidate, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

/** One token is 60 ms of the minute. */
const tpm1000 = (tokens: number) => [candidate('east', { tpm: 1_000 }, { tokens })];
const rpm1 = [candidate('east', { rpm: 1 })];
/** A start leaves the window of 60.05 s with the end of its bucket of 100 ms. */
const afterWindowMs = 60_150;

describe('reserve', () => {
  test('starts at once when nothing stands in the way, and says nothing of a delay', async () => {
    const { store, clock } = capacity.current;
    expect(await store.reserve(request('a', tpm1000(10)))).toEqual({
      kind: 'granted',
      reservation: {
        rid: 'a',
        pool: 'smart',
        endpoint: 'east',
        quotaGroup: 'east',
        startAt: clock.now(),
        startInMs: 0,
        leaseMs: 30_000,
      },
    });
  });

  test('spaces starts by what the calls before them cost, and names the limit that delays', async () => {
    const { store } = capacity.current;
    await store.reserve(request('a', tpm1000(100)));
    await store.reserve(request('b', tpm1000(50)));
    const third = granted(await store.reserve(request('c', tpm1000(100))));
    expect(third).toMatchObject({ startInMs: 9_000, blockedBy: 'tpm on east' });
  });

  test('lets exactly one of five simultaneous callers start at 1 request a minute', async () => {
    const { store } = capacity.current;
    const rids = ['a', 'b', 'c', 'd', 'e'];
    const answers = await Promise.all(rids.map((rid) => store.reserve(request(rid, rpm1, { maxWaitMs: 0 }))));
    expect(answers.map((answer) => answer.kind).sort()).toEqual(['granted', 'wait', 'wait', 'wait', 'wait']);
    const waits = answers.filter((answer) => answer.kind === 'wait');
    expect(waits[0]).toEqual({ kind: 'wait', retryInMs: afterWindowMs, blockedBy: 'rpm on east' });
    // The others wait for one another too, and look in between.
    for (const wait of waits.slice(1)) expect(wait.retryInMs).toBeGreaterThanOrEqual(60_000);
  });

  test('grants after exactly the time that a wait has named', async () => {
    const { store, clock } = capacity.current;
    await store.reserve(request('a', rpm1));
    const asked = request('b', rpm1, { maxWaitMs: 5_000 });
    const answer = await store.reserve(asked);
    if (answer.kind !== 'wait') throw new Error(`expected a wait, got ${answer.kind}`);
    clock.advance(answer.retryInMs - 1);
    expect((await store.reserve(asked)).kind).toBe('wait');
    clock.advance(1);
    expect(granted(await store.reserve(asked)).startInMs).toBe(5_000);
  });

  test('changes nothing when it refuses', async () => {
    const { store, clock, dump } = capacity.current;
    const full = [candidate('east', { tpm: 1_000, concurrency: 1 }, { tokens: 500 })];
    await store.reserve(request('a', full));
    clock.advance(40_000);
    await store.reserve(request('b', full));
    const before = await dump();
    const refused = [
      request('c', full),
      request('d', tpm1000(100), { maxWaitMs: 0 }),
      request('e', tpm1000(1_000), { maxWaitMs: 0 }),
    ];
    for (const each of refused) {
      expect(await store.reserve({ ...each, queues: false })).toMatchObject({ kind: 'wait' });
    }
    expect(await dump()).toEqual(before);
  });

  test('holds a slow caller to the window although pacing would let it start', async () => {
    const { store, clock } = capacity.current;
    await store.reserve(request('a', tpm1000(600)));
    clock.advance(40_000);
    const second = granted(await store.reserve(request('b', tpm1000(600))));
    expect(second).toMatchObject({ startInMs: afterWindowMs - 40_000, blockedBy: 'tpm on east' });
  });

  test('gives no burst to a start that follows a pause', async () => {
    const { store, clock } = capacity.current;
    const first = granted(await store.reserve(request('a', tpm1000(1))));
    await store.settle({ ...first, outcome: 'rateLimited', blockedForMs: 5_000 });
    const starts = [];
    for (const rid of ['b', 'c', 'd']) starts.push(granted(await store.reserve(request(rid, tpm1000(10)))).startInMs);
    // 10 tokens take 600 ms, and at 70 % of the rate, as after any 429, 857 ms.
    expect(starts).toEqual([5_000, 5_858, 6_715]);
    expect(clock.now()).toBe(first.startAt);
  });

  test('lets an endpoint that was idle catch up by a second of its rate at most', async () => {
    const { store, clock } = capacity.current;
    await store.reserve(request('a', tpm1000(1)));
    clock.advance(30_000);
    const starts = [];
    for (let i = 0; i < 5; i++) starts.push(granted(await store.reserve(request(`b${i}`, tpm1000(5)))).startInMs);
    expect(starts).toEqual([0, 0, 50, 350, 650]);
  });
});

describe('the burst after an idle gap', () => {
  /** One token is 1 ms of the minute. */
  const tpm60k = (tokens: number) => [candidate('east', { tpm: 60_000 }, { tokens })];

  /** What was used, in ms of the rate: more than a second and a request (2 s here) is more than a bucket of a second holds. */
  const told = (usedMs: number) =>
    [{ dimension: 'tpm', limit: 60_000, remaining: 60_000 - usedMs, resetMs: usedMs }] as const;

  async function burstAfter(outcome: 'succeeded' | 'rateLimited', usedMs = 4_000): Promise<number[]> {
    const { store, clock } = capacity.current;
    for (const [rid, ended] of [
      ['large', 'succeeded'],
      ['next', outcome],
    ] as const) {
      const reservation = granted(await store.reserve(request(rid, tpm60k(2_000))));
      await store.settle({ ...reservation, outcome: ended, limits: ended === 'succeeded' ? told(usedMs) : [] });
    }
    clock.advance(90_000);
    const starts = [];
    for (let i = 0; i < 5; i++) starts.push(granted(await store.reserve(request(`r${i}`, tpm60k(500)))).startInMs);
    return starts;
  }

  test('is as large as what headers have proven that the limiter remembers, less what jitter may add', async () => {
    expect(await burstAfter('succeeded')).toEqual([0, 0, 0, 0, 0]);
  });

  test('is a second of the rate as long as headers tell of nothing more than the request itself', async () => {
    expect(await burstAfter('succeeded', 3_000)).toEqual([0, 150, 650, 1_150, 1_650]);
  });

  test('is a second of the rate once a 429 has disproved more', async () => {
    // The rate, cut to 70 %, has recovered in a minute.
    expect(await burstAfter('rateLimited')).toEqual([0, 150, 650, 1_150, 1_650]);
  });
});

describe('starts on one endpoint', () => {
  test('never go backwards, although a refund has made room', async () => {
    const { store } = capacity.current;
    const first = granted(await store.reserve(request('a', tpm1000(100))));
    await store.reserve(request('b', tpm1000(100)));
    await store.reserve(request('c', tpm1000(100)));
    await store.settle({ ...first, outcome: 'succeeded', actual: { tokens: 0 } });
    expect(granted(await store.reserve(request('d', tpm1000(10)))).startInMs).toBe(12_000);
  });
});

describe('the keys', () => {
  test('all expire but the state, which grows with the config only', async () => {
    const { store, redis, dump } = capacity.current;
    const all = [candidate('east', { rpm: 60, tpm: 10_000, concurrency: 9 }, { tokens: 10 })];
    const [first, second, third] = [
      granted(await store.reserve(request('a', all))),
      granted(await store.reserve(request('b', all))),
      granted(await store.reserve(request('c', all))),
    ];
    await store.confirm(first);
    await store.renew(first);
    await store.release(second);
    await store.settle({ ...third, outcome: 'rateLimited' });
    const forever = [];
    for (const key of Object.keys(await dump())) if ((await redis.pttl(key)) === -1) forever.push(key);
    expect(forever).toEqual([expect.stringMatching(/:state$/)]);
  });
});

describe('a reservation id', () => {
  test('gets the same answer however often it is sent, and is charged once', async () => {
    const { store, clock } = capacity.current;
    await store.reserve(request('a', tpm1000(100)));
    const deliveries = await Promise.all(Array.from({ length: 20 }, () => store.reserve(request('b', tpm1000(100)))));
    expect(new Set(deliveries.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const next = granted(await store.reserve(request('c', tpm1000(100))));
    expect(next.startInMs).toBe(12_000);
    clock.advance(2_500);
    expect(granted(await store.reserve(request('b', tpm1000(100)))).startInMs).toBe(3_500);
  });

  test('keeps its endpoint when it is sent again with other candidates', async () => {
    const { store } = capacity.current;
    const first = granted(await store.reserve(request('a', rpm1)));
    expect(await store.reserve(request('a', [candidate('west', { rpm: 1 })]))).toEqual({
      kind: 'granted',
      reservation: first,
    });
  });

  test('tells by a negative delay that its start has passed', async () => {
    const { store, clock } = capacity.current;
    await store.reserve(request('a', rpm1));
    clock.advance(700);
    expect(granted(await store.reserve(request('a', rpm1))).startInMs).toBe(-700);
  });

  test.each(['settled', 'released', 'lapsed'])('is spent once it was %s', async (how) => {
    const { store, clock } = capacity.current;
    const reservation = granted(await store.reserve(request('a', rpm1)));
    if (how === 'settled') await store.settle({ ...reservation, outcome: 'succeeded' });
    if (how === 'released') await store.release(reservation);
    if (how === 'lapsed') clock.advance(reservation.leaseMs);
    expect(await store.reserve(request('a', rpm1))).toEqual({ kind: 'spent' });
    expect(await store.confirm(reservation)).toEqual({ kind: 'spent' });
    expect(await store.renew(reservation)).toBe(false);
  });

  test('may hold any characters, those of a hash tag included', async () => {
    const { store } = capacity.current;
    const rid = 'report:{x}/run 1/outline#0/t0/c0/a1/h0 – ü';
    const reservation = granted(await store.reserve(request(rid, rpm1)));
    expect(await store.renew(reservation)).toBe(true);
    await store.settle({ ...reservation, outcome: 'succeeded' });
    expect(await store.reserve(request(rid, rpm1))).toEqual({ kind: 'spent' });
  });
});

describe('pools', () => {
  test('do not touch each other when their quota groups differ', async () => {
    const { store } = capacity.current;
    await store.reserve(request('a', rpm1, { pool: 'smart' }));
    const other = await store.reserve(request('b', [candidate('mini', { rpm: 1 })], { pool: 'fast' }));
    expect(granted(other).startInMs).toBe(0);
  });

  test('share one ledger when they reach the same quota group', async () => {
    const { store } = capacity.current;
    await store.reserve(request('a', rpm1, { pool: 'smart' }));
    expect(granted(await store.reserve(request('b', rpm1, { pool: 'fast' }))).startInMs).toBe(afterWindowMs);
  });
});

describe('endpoints of one quota group', () => {
  test('share its limits', async () => {
    const { store } = capacity.current;
    const shared = ['east', 'west'].map((name) => candidate(name, { rpm: 1 }, { quotaGroup: 'account' }));
    await store.reserve(request('a', shared));
    expect(granted(await store.reserve(request('b', shared))).startInMs).toBe(afterWindowMs);
  });
});
