import { candidate, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

const twoSlots = [candidate('gpu', { concurrency: 2 })];
const oneSlot = [candidate('gpu', { concurrency: 1 })];

describe('a concurrency limit', () => {
  test('admits as many calls at once as it says, also when all ask at the same time', async () => {
    const { store } = capacity.current;
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => store.reserve(request(`r${i}`, twoSlots))));
    expect(answers.filter((answer) => answer.kind === 'granted')).toHaveLength(2);
    expect(answers.find((answer) => answer.kind === 'wait')).toMatchObject({ blockedBy: 'concurrency on gpu' });
  });

  test('refuses without taking from the other limits', async () => {
    const { store } = capacity.current;
    const limits = { rpm: 60, concurrency: 1 };
    const first = granted(await store.reserve(request('a', [candidate('gpu', limits)])));
    await store.reserve(request('b', [candidate('gpu', limits)]));
    await store.settle({ ...first, outcome: 'succeeded' });
    expect(granted(await store.reserve(request('c', [candidate('gpu', limits)]))).startInMs).toBe(1_051);
  });

  test.each(['settle', 'release'] as const)('gets a slot back by %s', async (operation) => {
    const { store } = capacity.current;
    const reservation = granted(await store.reserve(request('a', oneSlot)));
    if (operation === 'settle') await store.settle({ ...reservation, outcome: 'unknown' });
    else await store.release(reservation);
    expect((await store.reserve(request('b', oneSlot))).kind).toBe('granted');
  });

  test('gets the slots of holders that died back when their leases end, and not before', async () => {
    const { store, clock } = capacity.current;
    await store.reserve(request('a', twoSlots));
    clock.advance(10_000);
    await store.reserve(request('b', twoSlots));
    clock.advance(19_999);
    expect((await store.reserve(request('c', twoSlots))).kind).toBe('wait');
    clock.advance(1);
    expect((await store.reserve(request('c', twoSlots))).kind).toBe('granted');
    expect((await store.reserve(request('d', twoSlots))).kind).toBe('wait');
  });

  test('clears the leases of the dead while it grants, a few at a time', async () => {
    const { store, clock, redis, dump } = capacity.current;
    const many = [candidate('gpu', { concurrency: 100 })];
    for (let i = 0; i < 40; i++) await store.reserve(request(`dead${i}`, many));
    clock.advance(30_000);
    const leases = Object.keys(await dump()).find((key) => key.includes(':leases:')) as string;
    const left = [];
    for (let i = 0; i < 4; i++) {
      await store.reserve(request(`live${i}`, many));
      left.push(await redis.zcard(leases));
      clock.advance(250);
    }
    expect(left).toEqual([25, 10, 3, 4]);
  });

  test('takes a slot for a start that lies ahead, whose lease runs from that start', async () => {
    const { store, clock } = capacity.current;
    const limited = [candidate('gpu', { rpm: 1, concurrency: 2 })];
    await store.reserve(request('a', limited));
    const ahead = granted(await store.reserve(request('b', limited)));
    clock.advance(ahead.startInMs + ahead.leaseMs - 1);
    expect(await store.renew(ahead)).toBe(true);
  });

  test('names a time to ask again that follows from how long calls take', async () => {
    const { store, clock } = capacity.current;
    for (let i = 0; i < 3; i++) {
      const reservation = granted(await store.reserve(request(`past${i}`, twoSlots)));
      clock.advance(800);
      await store.settle({ ...reservation, outcome: 'succeeded' });
    }
    await store.reserve(request('a', twoSlots));
    await store.reserve(request('b', twoSlots));
    expect(await store.reserve(request('c', twoSlots))).toMatchObject({ kind: 'wait', retryInMs: 400 });
  });

  test('never asks to come back in less than 50 ms', async () => {
    const { store, clock } = capacity.current;
    await store.reserve(request('a', oneSlot));
    clock.advance(29_990);
    expect(await store.reserve(request('b', oneSlot))).toMatchObject({ kind: 'wait', retryInMs: 50 });
  });
});

describe('renew', () => {
  test('extends the lease from now', async () => {
    const { store, clock } = capacity.current;
    const reservation = granted(await store.reserve(request('a', oneSlot)));
    clock.advance(20_000);
    expect(await store.renew(reservation)).toBe(true);
    clock.advance(29_999);
    expect((await store.reserve(request('b', oneSlot))).kind).toBe('wait');
    clock.advance(1);
    expect((await store.reserve(request('b', oneSlot))).kind).toBe('granted');
  });

  test('never shortens a lease that runs from a later start', async () => {
    const { store, clock } = capacity.current;
    const limited = [candidate('gpu', { rpm: 1, concurrency: 2 })];
    await store.reserve(request('a', limited));
    const ahead = granted(await store.reserve(request('b', limited)));
    expect(await store.renew(ahead)).toBe(true);
    clock.advance(ahead.startInMs + ahead.leaseMs - 1);
    expect(await store.renew(ahead)).toBe(true);
  });

  test('does not revive a lease that has lapsed, even if nobody took the slot', async () => {
    const { store, clock } = capacity.current;
    const reservation = granted(await store.reserve(request('a', oneSlot)));
    clock.advance(30_000);
    expect(await store.renew(reservation)).toBe(false);
  });
});
