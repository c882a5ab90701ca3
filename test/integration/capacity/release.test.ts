import { candidate, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

const rpm60 = [candidate('east', { rpm: 60 })];
const gapMs = 1_051;
const tpm1000 = (tokens: number) => [candidate('east', { tpm: 1_000 }, { tokens })];

describe('release', () => {
  test('gives the start back at once, although it was due when it was granted', async () => {
    const { store, clock } = capacity.current;
    const rpm1 = [candidate('east', { rpm: 1 })];
    const reservation = granted(await store.reserve(request('a', rpm1)));
    clock.advance(20);
    await store.release(reservation);
    expect(granted(await store.reserve(request('b', rpm1))).startInMs).toBe(0);
  });

  test('gives the tokens back', async () => {
    const { store } = capacity.current;
    await store.release(granted(await store.reserve(request('a', tpm1000(1_000)))));
    expect(granted(await store.reserve(request('b', tpm1000(1_000)))).startInMs).toBe(0);
  });

  test('counts once however often it is sent', async () => {
    const { store } = capacity.current;
    const first = granted(await store.reserve(request('a', rpm60)));
    await store.reserve(request('b', rpm60));
    await Promise.all([store.release(first), store.release(first), store.release(first)]);
    expect(granted(await store.reserve(request('c', rpm60))).startInMs).toBe(2 * gapMs);
  });

  test('hands a place in the middle of the queue to the next caller, and to one only', async () => {
    const { store } = capacity.current;
    const booked = [];
    for (const rid of ['a', 'b', 'c', 'd']) booked.push(granted(await store.reserve(request(rid, rpm60))));
    await store.release(booked[1]!);
    expect(granted(await store.reserve(request('e', rpm60))).startAt).toBe(booked[1]!.startAt);
    expect(granted(await store.reserve(request('f', rpm60))).startAt).toBe(booked[3]!.startAt + gapMs);
  });

  test('hands a place that is due right now over without a delay to explain', async () => {
    const { store, clock } = capacity.current;
    const booked = [];
    for (const rid of ['a', 'b', 'c']) booked.push(granted(await store.reserve(request(rid, rpm60))));
    await store.release(booked[1]!);
    clock.advance(gapMs);
    const next = granted(await store.reserve(request('d', rpm60)));
    expect(next.startInMs).toBe(0);
    expect(next.blockedBy).toBeUndefined();
  });

  test('hands a place only to a caller that costs no more', async () => {
    const { store } = capacity.current;
    const booked = [];
    for (const [rid, tokens] of [
      ['a', 100],
      ['b', 100],
      ['c', 100],
    ] as const) {
      booked.push(granted(await store.reserve(request(rid, tpm1000(tokens)))));
    }
    await store.release(booked[1]!);
    expect(granted(await store.reserve(request('large', tpm1000(101)))).startInMs).toBe(18_000);
    expect(granted(await store.reserve(request('small', tpm1000(60)))).startInMs).toBe(6_000);
  });

  test('takes a place that nobody wanted out of the window once it has passed', async () => {
    const { store, clock } = capacity.current;
    const first = granted(await store.reserve(request('a', tpm1000(400))));
    const second = granted(await store.reserve(request('b', tpm1000(400))));
    await store.reserve(request('c', tpm1000(100)));
    await store.release(second);
    await store.settle({ ...first, outcome: 'succeeded' });
    clock.advance(54_000);
    await store.reserve(request('reaps', tpm1000(1)));
    // 400 of the first, 100 and 1 count; the 400 that were given back do not.
    expect(granted(await store.reserve(request('d', tpm1000(450)))).startInMs).toBeLessThan(100);
  });

  test('gives the slot back', async () => {
    const { store } = capacity.current;
    const oneSlot = [candidate('gpu', { concurrency: 1 })];
    await store.release(granted(await store.reserve(request('a', oneSlot))));
    expect((await store.reserve(request('b', oneSlot))).kind).toBe('granted');
  });

  test('of a reservation that was settled changes nothing', async () => {
    const { store, dump } = capacity.current;
    const reservation = granted(await store.reserve(request('a', tpm1000(500))));
    await store.settle({ ...reservation, outcome: 'succeeded' });
    const before = await dump();
    await store.release(reservation);
    expect(await dump()).toEqual(before);
  });
});
