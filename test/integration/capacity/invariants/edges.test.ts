/**
 * Edges of the invariants that sequences meet too rarely: between a start and the provider a caller may be late, the
 * network takes its time and the provider's day turns; and who died waiting is nobody to be considered.
 */
import { candidate, capacitySettings, granted, request, useCapacity } from '../open-capacity';

const capacity = useCapacity();
const { jitterMs } = capacitySettings;

describe('a start', () => {
  test('that is confirmed late leaves the provider a whole second of its own, as long as it arrives within J', async () => {
    const { store, clock } = capacity.current;
    const judgedOnSeconds = [candidate('east', { rpm: 60, requestWindowMs: 1_000 })];
    const first = granted(await store.reserve(request('a', judgedOnSeconds)));
    const second = granted(await store.reserve(request('b', judgedOnSeconds)));
    clock.advance(jitterMs / 2);
    const answer = await store.confirm(first);
    if (answer.kind !== 'confirmed') throw new Error(`expected a confirmation, got ${answer.kind}`);
    const latestArrivalMs = answer.startInMs + jitterMs;
    const earliestArrivalMs = Math.max(second.startInMs, 0);
    // Either of them arrives alone in its second, whichever comes first.
    expect(Math.abs(earliestArrivalMs - latestArrivalMs)).toBeGreaterThan(1_000);
  });

  test('right before midnight counts for the day in which it arrives', async () => {
    const { store, clock } = capacity.current;
    // The store counts days on the Pacific coast, where this one ends at 07:00 UTC.
    const midnightMs = Date.UTC(2017, 6, 15, 7);
    clock.advance(midnightMs - jitterMs / 2 - clock.now());
    const daily = [candidate('east', { rpd: 3 })];
    const arrivalsMs: number[] = [];
    for (const rid of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const answer = await store.reserve(request(rid, daily));
      if (answer.kind === 'granted') arrivalsMs.push(answer.reservation.startAt + jitterMs);
    }
    const dayMs = 24 * 3_600_000;
    const onNewDay = arrivalsMs.filter((atMs) => atMs >= midnightMs && atMs < midnightMs + dayMs);
    expect(onNewDay).toHaveLength(3);
  });
});

describe('a place in the queue', () => {
  test('whose holder died an hour ago keeps no free slot from anybody', async () => {
    const { store, clock } = capacity.current;
    const oneSlot = [candidate('gpu', { concurrency: 1 })];
    const holder = granted(await store.reserve(request('holder', oneSlot)));
    await store.reserve(request('dies', oneSlot, { lane: 'batch' }));
    await store.settle({ ...holder, outcome: 'succeeded' });
    clock.advance(3_600_000);
    expect(await store.reserve(request('next', oneSlot))).toMatchObject({ kind: 'granted' });
  });
});
