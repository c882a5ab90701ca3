import { eachStatusOf } from '../../../src/workflows/policy/each-progress';

describe('eachStatusOf', () => {
  const list = { name: 'letters', done: 8, failed: 2, total: 40, startedAtMs: 0 };

  test('tells the rate so far and when it ends if it goes on like this', () => {
    expect(eachStatusOf(list, 30_000)).toEqual({
      name: 'letters',
      done: 8,
      failed: 2,
      total: 40,
      perMinute: 20,
      startedAt: '1970-01-01T00:00:00.000Z',
      expectedEndAt: '1970-01-01T00:02:00.000Z',
    });
  });

  test.each([
    ['before the first item has ended', { done: 0, failed: 0 }, 30_000],
    ['in its first second', {}, 500],
  ])('tells neither %s', (_, counts, nowMs) => {
    const status = eachStatusOf({ ...list, ...counts }, nowMs);
    expect([status.perMinute, status.expectedEndAt]).toEqual([undefined, undefined]);
  });

  test('of one that is over, tells when it ended and the rate it had', () => {
    const status = eachStatusOf({ ...list, done: 38, endedAtMs: 60_000 }, 600_000);
    expect(status).toMatchObject({ perMinute: 40, endedAt: '1970-01-01T00:01:00.000Z' });
    expect(status.expectedEndAt).toBeUndefined();
  });
});
