import { candidate, granted, request, useCapacity } from './open-capacity';
import { play, requestOf, stream } from './traffic';

const capacity = useCapacity();
const limits = { tpm: 300_000 };
const pool = (tokens = 500) => [candidate('east', limits, { tokens })];

describe('a place in the queue', () => {
  test('is kept: who came first goes first', async () => {
    const callers = stream('r', { count: 300 }, { request: requestOf(pool()), lateMs: 50 });
    const served = await play(capacity.current, callers, 60_000);
    const order = served.map(({ caller }) => Number(caller.rid.slice(1)));
    expect(order).toHaveLength(300);
    // Nobody is overtaken by who came more than 2 s of service later.
    order.forEach((number, index) => expect(Math.abs(number - index)).toBeLessThanOrEqual(40));
  });

  test('costs few questions: most callers ask three times at the most', async () => {
    const callers = stream('r', { count: 300 }, { request: requestOf(pool()) });
    const served = await play(capacity.current, callers, 60_000);
    const asks = served.map((each) => each.asks);
    expect(asks.filter((count) => count <= 3).length / asks.length).toBeGreaterThan(0.9);
    expect(Math.max(...asks)).toBeLessThanOrEqual(8);
  });

  test('of one that does not come back blocks nobody for long', async () => {
    const callers = [
      ...stream('dead', { count: 300 }, { request: requestOf(pool()), diesWaiting: true }),
      ...stream('live', { count: 100, fromMs: 10 }, { request: requestOf(pool()) }),
    ];
    const served = await play(capacity.current, callers, 90_000);
    const live = served.filter(({ caller }) => caller.rid.startsWith('live'));
    expect(live).toHaveLength(100);
    // 100 of the dead were granted at once; the other 200 would have taken 20 s, the living take 10 s.
    expect(Math.max(...live.map(({ startedAtMs }) => startedAtMs))).toBeLessThan(60_000);
  });

  test('is given up by release', async () => {
    const { store } = capacity.current;
    const slot = [candidate('gpu', { concurrency: 1 })];
    await store.reserve(request('holder', slot));
    for (const rid of ['a', 'b', 'c']) await store.reserve(request(rid, slot));
    expect((await store.inspect('smart', slot)).waiting).toEqual({ interactive: 3, batch: 0 });
    await store.release({ rid: 'b', pool: 'smart' });
    await store.release({ rid: 'b', pool: 'smart' });
    expect((await store.inspect('smart', slot)).waiting).toEqual({ interactive: 2, batch: 0 });
  });

  test('is not taken by a request that does not queue', async () => {
    const { store } = capacity.current;
    const slot = [candidate('gpu', { concurrency: 1 })];
    await store.reserve(request('holder', slot));
    expect(await store.reserve(request('hop', slot, { queues: false }))).toMatchObject({ kind: 'wait' });
    expect((await store.inspect('smart', slot)).waiting).toEqual({ interactive: 0, batch: 0 });
  });

  test('ends with the grant', async () => {
    const { store } = capacity.current;
    const slot = [candidate('gpu', { concurrency: 1 })];
    const holder = granted(await store.reserve(request('holder', slot)));
    await store.reserve(request('a', slot));
    await store.settle({ ...holder, outcome: 'succeeded' });
    granted(await store.reserve(request('a', slot)));
    expect((await store.inspect('smart', slot)).waiting).toEqual({ interactive: 0, batch: 0 });
  });
});

describe('waiting for a slot', () => {
  test('does not leave slots empty: 300 tasks of 0.12 s on eight slots', async () => {
    const slots = [candidate('gpu', { concurrency: 8 })];
    const callers = stream('r', { count: 300 }, { request: requestOf(slots), holdMs: 120, lateMs: 5 });
    const served = await play(capacity.current, callers, 120_000);
    expect(served).toHaveLength(300);
    const starts = served.map(({ startedAtMs }) => startedAtMs).sort((a, b) => a - b);
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(1_000);
    // 300 × 0.12 s / 8 = 4.5 s.
    expect(starts.at(-1)).toBeLessThan(12_000);
  });
});

describe('an overloaded pool', () => {
  const overloaded = (overload: { expectedWaitMs?: number; backlog?: number }) =>
    request('late', pool(), { maxWaitMs: 0, overload });

  async function queueUp(count: number): Promise<void> {
    const { store } = capacity.current;
    for (let i = 0; i < count; i++) await store.reserve(request(`r${i}`, pool(), { maxWaitMs: 0 }));
  }

  test('refuses at once past its backlog, with the time to expect, and changes nothing', async () => {
    const { store, dump } = capacity.current;
    await queueUp(100);
    const { waiting } = await store.inspect('smart', pool());
    const before = await dump();
    const answer = await store.reserve(overloaded({ backlog: waiting.interactive }));
    expect(answer).toEqual({
      kind: 'overloaded',
      waiting: waiting.interactive,
      expectedMs: expect.any(Number) as number,
    });
    expect(answer.kind === 'overloaded' && answer.expectedMs).toBeGreaterThan(waiting.interactive * 80);
    expect(await dump()).toEqual(before);
    expect(await store.reserve(overloaded({ backlog: waiting.interactive + 1 }))).toMatchObject({ kind: 'wait' });
  });

  test('refuses at once past its expected wait', async () => {
    const { store } = capacity.current;
    await queueUp(100);
    expect(await store.reserve(overloaded({ expectedWaitMs: 1_000 }))).toMatchObject({ kind: 'overloaded' });
    expect(await store.reserve(overloaded({ expectedWaitMs: 60_000 }))).toMatchObject({ kind: 'wait' });
  });

  test('lets those who wait already wait on', async () => {
    const { store } = capacity.current;
    await queueUp(100);
    const again = request('r99', pool(), { maxWaitMs: 0, overload: { backlog: 1 } });
    expect(await store.reserve(again)).toMatchObject({ kind: 'wait' });
  });
});
