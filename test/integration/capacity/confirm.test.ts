import type { Reservation } from '../../../src/contracts/capacity';
import { candidate, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

const rpm60 = [candidate('east', { rpm: 60 })];
const gapMs = 1_051;

async function book(count: number): Promise<Reservation[]> {
  const booked = [];
  for (let i = 0; i < count; i++) booked.push(granted(await capacity.current.store.reserve(request(`r${i}`, rpm60))));
  return booked;
}

describe('confirm', () => {
  test('answers what is left until the start of a claim that is early or within grace', async () => {
    const { store, clock } = capacity.current;
    const [, second] = await book(2);
    clock.advance(51);
    expect(await store.confirm(second!)).toEqual({ kind: 'confirmed', startInMs: 1_000, leaseMs: 30_000 });
    clock.advance(1_050);
    expect(await store.confirm(second!)).toEqual({ kind: 'confirmed', startInMs: 0, leaseMs: 30_000 });
  });

  test('lets a late claim start at once when nobody was booked behind it', async () => {
    const { store, clock } = capacity.current;
    const [only] = await book(1);
    clock.advance(5_000);
    expect(await store.confirm(only!)).toMatchObject({ kind: 'confirmed', startInMs: 0 });
    expect(granted(await store.reserve(request('next', rpm60))).startInMs).toBe(gapMs);
  });

  test('spaces callers that were held up together, behind those who are on time', async () => {
    const { store, clock } = capacity.current;
    const booked = await book(5);
    clock.advance(3 * gapMs + 500);
    const answers = [];
    for (const late of booked.slice(0, 3)) answers.push(await store.confirm(late));
    const startsInMs = answers.map((answer) => (answer.kind === 'confirmed' ? answer.startInMs : NaN));
    const last = booked[4]!.startAt - clock.now();
    expect(startsInMs).toEqual([last + gapMs, last + 2 * gapMs, last + 3 * gapMs]);
  });

  test('gives the same answer when it is sent again', async () => {
    const { store, clock } = capacity.current;
    const [first] = await book(3);
    clock.advance(500);
    const answer = await store.confirm(first!);
    expect(await store.confirm(first!)).toEqual(answer);
  });

  test('charges a claim that moves once', async () => {
    const { store, clock } = capacity.current;
    const tokens = [candidate('east', { tpm: 1_000 }, { tokens: 400 })];
    const first = granted(await store.reserve(request('a', tokens)));
    await store.reserve(request('b', tokens));
    clock.advance(1_000);
    const moved = await store.confirm(first);
    expect(moved).toMatchObject({ kind: 'confirmed', startInMs: 47_000 });
    const third = granted(await store.reserve(request('c', tokens)));
    // Of the first place nothing is left: 'b' at 24 s and the moved claim at 48 s fill the window until 'b' leaves it.
    expect(third.startAt - first.startAt).toBe(84_150);
  });

  test('runs the lease from the new start', async () => {
    const { store, clock } = capacity.current;
    const [first] = await book(3);
    clock.advance(500);
    const answer = await store.confirm(first!);
    if (answer.kind !== 'confirmed') throw new Error('expected a confirmation');
    clock.advance(answer.startInMs + answer.leaseMs - 1);
    expect(await store.renew(first!)).toBe(true);
  });

  test('moves a claim behind a pause that came after it was made', async () => {
    const { store } = capacity.current;
    const [first, second] = await book(2);
    await store.settle({ ...first!, outcome: 'rateLimited', blockedForMs: 7_000 });
    expect(await store.confirm(second!)).toMatchObject({ kind: 'confirmed', startInMs: 7_000 });
  });

  test('spends a claim that would have to wait longer than its caller accepts, and gives its place back', async () => {
    const { store, clock } = capacity.current;
    const limits = { rpm: 60, concurrency: 2 };
    const first = granted(await store.reserve(request('a', [candidate('east', limits)], { maxWaitMs: 2_000 })));
    const second = granted(await store.reserve(request('b', [candidate('east', limits)], { maxWaitMs: 2_000 })));
    await store.settle({ ...first, outcome: 'rateLimited', blockedForMs: 60_000 });
    expect(await store.confirm(second)).toEqual({ kind: 'spent' });
    clock.advance(60_000);
    const next = await Promise.all(['c', 'd'].map((rid) => store.reserve(request(rid, [candidate('east', limits)]))));
    expect(next.map((answer) => answer.kind)).toEqual(['granted', 'granted']);
  });
});
