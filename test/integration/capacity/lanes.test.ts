import { candidate, useCapacity } from './open-capacity';
import { play, quantile, requestOf, stream, type Served } from './traffic';

const capacity = useCapacity();

/** 10 requests a second by tokens. */
const tokens = 500;
const pool = [candidate('east', { tpm: 300_000 }, { tokens })];
const batch = requestOf(pool, { lane: 'batch' });
const interactive = requestOf(pool);

const named = (served: readonly Served[], name: string): Served[] =>
  served.filter(({ caller }) => caller.rid.startsWith(name));
const within = (served: readonly Served[], fromMs: number, toMs: number): Served[] =>
  served.filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < toMs);

describe('the interactive lane', () => {
  test('waits less than a second while batch saturates the pool', async () => {
    const callers = [
      ...stream('batch', { count: 600 }, { request: batch, lateMs: 200 }),
      ...stream('person', { count: 30, everyMs: 1_100, fromMs: 5_000 }, { request: interactive }),
    ];
    const served = await play(capacity.current, callers, 40_000);
    const waits = named(served, 'person').map(({ waitedMs }) => waitedMs);
    expect(waits).toHaveLength(30);
    expect(quantile(waits, 0.99)).toBeLessThan(1_000);
  });

  test('never finds all slots taken by batch', async () => {
    const slots = [candidate('gpu', { concurrency: 10 })];
    const callers = [
      ...stream('batch', { count: 200 }, { request: requestOf(slots, { lane: 'batch' }), holdMs: 2_000 }),
      ...stream('person', { count: 20, everyMs: 1_300, fromMs: 5_000 }, { request: requestOf(slots), holdMs: 500 }),
    ];
    const served = await play(capacity.current, callers, 35_000);
    expect(named(served, 'person').map(({ waitedMs }) => waitedMs)).toEqual(Array(20).fill(0));
  });
});

describe('the batch lane', () => {
  test('uses all that nobody else wants', async () => {
    const callers = stream('batch', { count: 1_000 }, { request: batch, lateMs: 200 });
    const served = await play(capacity.current, callers, 75_000);
    expect(within(served, 10_000, 70_000).length / 600).toBeGreaterThan(0.985);
  });

  test('gets its minimum while interactive calls could use everything', async () => {
    const callers = [
      ...stream('batch', { count: 150 }, { request: batch, lateMs: 200 }),
      ...stream('person', { count: 1_500, everyMs: 60 }, { request: interactive }),
    ];
    const served = await play(capacity.current, callers, 95_000);
    const minute = within(served, 30_000, 90_000);
    const share = named(minute, 'batch').length / minute.length;
    expect(share).toBeGreaterThan(0.085);
    expect(share).toBeLessThan(0.15);
    expect(minute.length / 600).toBeGreaterThan(0.98);
    expect(longestGapMs(named(served, 'batch'))).toBeLessThan(5_000);
  });

  test('gets its minimum of slots while interactive calls could hold all of them', async () => {
    const slots = [candidate('gpu', { concurrency: 10 })];
    const callers = [
      ...stream('batch', { count: 100 }, { request: requestOf(slots, { lane: 'batch' }), holdMs: 1_000 }),
      ...stream('person', { count: 800, everyMs: 70 }, { request: requestOf(slots), holdMs: 1_000 }),
    ];
    const served = await play(capacity.current, callers, 55_000);
    const minute = within(served, 15_000, 50_000);
    const share = named(minute, 'batch').length / minute.length;
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.2);
    expect(minute.length / 350).toBeGreaterThan(0.95);
  });

  test('books no further ahead than it may while interactive calls are about', async () => {
    const callers = [
      ...stream('person', { count: 1 }, { request: interactive }),
      ...stream('batch', { count: 60, fromMs: 1 }, { request: batch }),
    ];
    const served = await play(capacity.current, callers, 4_000);
    const ahead = named(served, 'batch').map(({ reservation }) => reservation.startInMs);
    expect(Math.max(...ahead)).toBeLessThanOrEqual(500);
    expect(named(served, 'batch').length).toBeGreaterThan(30);
  });
});

describe('priorities', () => {
  test('let premium go first within a lane, and leave standard its minimum', async () => {
    const premium = requestOf(pool, { priority: 'premium' });
    const callers = [
      ...stream('standard', { count: 900, everyMs: 80 }, { request: interactive, lateMs: 200 }),
      ...stream('premium', { count: 900, everyMs: 80 }, { request: premium, lateMs: 200 }),
    ];
    const served = await play(capacity.current, callers, 85_000);
    const minute = within(served, 30_000, 75_000);
    const share = named(minute, 'standard').length / minute.length;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.2);
  });

  test('come from the tenant, and a request may have its own', async () => {
    const { newProcess, clock } = capacity.current;
    const store = newProcess({ tenants: { gold: { weight: 1, priority: 'premium' } } });
    const of = (tenant: string, priority?: 'premium') =>
      requestOf(pool, { tenant, maxWaitMs: 0, ...(priority && { priority }) });
    const callers = [
      ...stream('standard', { count: 30 }, { request: of('other') }),
      ...stream('gold', { count: 10, fromMs: 100 }, { request: of('gold') }),
      ...stream('asked', { count: 10, fromMs: 100 }, { request: of('other', 'premium') }),
    ];
    const served = await play({ store, clock }, callers, 8_000);
    const last = (name: string): number => Math.max(...named(served, name).map(({ startedAtMs }) => startedAtMs));
    expect(named(served, 'gold')).toHaveLength(10);
    expect(named(served, 'asked')).toHaveLength(10);
    expect(Math.max(last('gold'), last('asked'))).toBeLessThan(last('standard'));
  });
});

function longestGapMs(served: readonly Served[]): number {
  const starts = served.map(({ startedAtMs }) => startedAtMs).sort((a, b) => a - b);
  return Math.max(...starts.slice(1).map((start, index) => start - (starts[index] ?? 0)));
}
