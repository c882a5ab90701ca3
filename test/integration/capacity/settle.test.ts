import { randomUUID } from 'node:crypto';
import type { CallOutcome, Settlement } from '../../../src/contracts/capacity';
import { candidate, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

/** One token is 60 ms of the minute. */
const tpm1000 = (tokens: number) => [candidate('east', { tpm: 1_000 }, { tokens })];

describe('settle', () => {
  test.each<[string, Partial<Settlement>, number]>([
    ['keeps the estimate when usage is not told', {}, 53_000],
    ['replaces the estimate by a lower usage', { actual: { tokens: 300 } }, 17_000],
    ['rounds usage up', { actual: { tokens: 299.2 } }, 17_000],
    ['replaces the estimate by a higher usage', { actual: { tokens: 940 } }, 59_150],
    ['keeps the charge of an unknown outcome', { outcome: 'unknown', actual: { tokens: 0 } }, 53_000],
    ['keeps the charge of a call that failed', { outcome: 'failed' }, 53_000],
    ['gives the tokens of a refused request back', { outcome: 'refused' }, 0],
    ['charges a refused request what it cost after all', { outcome: 'refused', actual: { tokens: 300 } }, 17_000],
  ])('%s', async (_, changes, startInMs) => {
    const { store, clock } = capacity.current;
    const reservation = granted(await store.reserve(request('a', tpm1000(900))));
    clock.advance(1_000);
    await store.settle({ ...reservation, outcome: 'succeeded', ...changes });
    expect(granted(await store.reserve(request('b', tpm1000(95)))).startInMs).toBe(startInMs);
  });

  test('counts once however often it is sent', async () => {
    const { store, clock } = capacity.current;
    const reservation = granted(await store.reserve(request('a', tpm1000(500))));
    const settlement: Settlement = { ...reservation, outcome: 'succeeded', actual: { tokens: 100 } };
    await Promise.all(Array.from({ length: 10 }, () => store.settle(settlement)));
    clock.advance(1_000);
    await store.settle(settlement);
    expect(granted(await store.reserve(request('b', tpm1000(900)))).startInMs).toBe(5_000);
    expect(granted(await store.reserve(request('c', tpm1000(1)))).startInMs).toBe(60_150 - 1_000);
  });

  test('gives no more back than an idle gap would', async () => {
    const { store, clock } = capacity.current;
    const held = [];
    for (let i = 0; i < 10; i++) held.push(granted(await store.reserve(request(`a${i}`, tpm1000(50)))));
    clock.advance(60_000);
    for (const reservation of held) await store.settle({ ...reservation, outcome: 'succeeded', actual: { tokens: 0 } });
    const starts = [];
    for (let i = 0; i < 4; i++) starts.push(granted(await store.reserve(request(`b${i}`, tpm1000(50)))).startInMs);
    expect(starts).toEqual([0, 3_000, 6_000, 9_000]);
  });

  test('never closes a group for longer than a minute over usage nobody expected', async () => {
    const { store } = capacity.current;
    const reservation = granted(await store.reserve(request('a', tpm1000(10))));
    await store.settle({ ...reservation, outcome: 'succeeded', actual: { tokens: 1e15 } });
    expect(granted(await store.reserve(request('b', tpm1000(10)))).startInMs).toBe(60_150);
  });

  test('never leaves a negative amount behind', async () => {
    const { store } = capacity.current;
    const reservation = granted(await store.reserve(request('a', tpm1000(500))));
    await store.settle({ ...reservation, outcome: 'refused' });
    await store.release(reservation);
    const { endpoints } = await store.inspect('smart', tpm1000(500));
    expect(endpoints[0]?.dimensions).toEqual([{ dimension: 'tpm', limit: 1_000, effectiveLimit: 1_000, used: 0 }]);
  });

  test('settles a reservation whose lease has lapsed', async () => {
    const { store, clock } = capacity.current;
    const reservation = granted(await store.reserve(request('a', tpm1000(900))));
    clock.advance(31_000);
    await store.settle({ ...reservation, outcome: 'succeeded', actual: { tokens: 100 } });
    expect(granted(await store.reserve(request('b', tpm1000(900)))).startInMs).toBe(0);
  });
});

describe('a pause', () => {
  /** Nothing but a pause can delay these. */
  const open = (endpoint: string) => [candidate(endpoint, { concurrency: 1_000 }, { quotaGroup: 'account' })];

  async function settleWith(outcome: CallOutcome, blockedForMs?: number): Promise<void> {
    const { store } = capacity.current;
    const reservation = granted(await store.reserve(request(randomUUID(), open('east'))));
    await store.settle({ ...reservation, outcome, ...(blockedForMs === undefined ? {} : { blockedForMs }) });
  }

  async function pausedForMs(endpoint: string): Promise<number> {
    const { endpoints } = await capacity.current.store.inspect('smart', open(endpoint));
    return endpoints[0]?.blockedForMs ?? 0;
  }

  test.each<[CallOutcome, number | undefined, { here: number; sibling: number }]>([
    ['rateLimited', 4_000, { here: 4_000, sibling: 4_000 }],
    ['rateLimited', undefined, { here: 1_000, sibling: 1_000 }],
    ['dead', 900_000, { here: 900_000, sibling: 0 }],
    ['dead', undefined, { here: 60_000, sibling: 0 }],
    ['failed', 3_000, { here: 3_000, sibling: 0 }],
    ['failed', undefined, { here: 0, sibling: 0 }],
    ['succeeded', undefined, { here: 0, sibling: 0 }],
  ])('after %s for %s ms closes %o', async (outcome, blockedForMs, expected) => {
    await capacity.current.store.reserve(request(randomUUID(), open('west')));
    await settleWith(outcome, blockedForMs);
    capacity.current.clock.advance(1_000);
    const left = (ms: number): number => Math.max(0, ms - 1_000);
    expect(await pausedForMs('east')).toBe(left(expected.here));
    expect(await pausedForMs('west')).toBe(left(expected.sibling));
  });

  test('is never shortened by a later, shorter one', async () => {
    await settleWith('rateLimited', 30_000);
    await settleWith('rateLimited', 2_000);
    expect(await pausedForMs('east')).toBe(30_000);
  });

  test('is applied once, also when the settlement is delivered late again', async () => {
    const { store, clock } = capacity.current;
    const reservation = granted(await store.reserve(request('a', open('east'))));
    const settlement: Settlement = { ...reservation, outcome: 'rateLimited', blockedForMs: 5_000 };
    await store.settle(settlement);
    clock.advance(4_000);
    await store.settle(settlement);
    expect(await pausedForMs('east')).toBe(1_000);
  });

  test('of a year is cut to a month', async () => {
    await settleWith('dead', 365 * 24 * 3_600_000);
    expect(await pausedForMs('east')).toBe(31 * 24 * 3_600_000);
  });
});
