import { TokenBucket } from '../../../../src/simulator/limits/token-bucket';

/** 60 units a minute: one a second. */
const rate = 60;

function drained(burstMs: number, units: number): TokenBucket {
  const bucket = new TokenBucket(rate, burstMs);
  for (let taken = 0; taken < units; taken += 1) bucket.charge(1, 0);
  return bucket;
}

describe('TokenBucket', () => {
  test.each([
    [1_000, 10],
    [10_000, 100],
    [60_000, 600],
  ])('idle, a bucket of %d ms at ten a second holds %d and no more', (burstMs, units) => {
    const bucket = new TokenBucket(600, burstMs);
    const idleMs = 3_600_000;
    for (let taken = 0; taken < units; taken += 1) {
      expect(bucket.waitMs(1, idleMs)).toBe(0);
      bucket.charge(1, idleMs);
    }
    expect(bucket.waitMs(1, idleMs)).toBe(100);
  });

  test('fills at the rate of the limit', () => {
    const bucket = drained(10_000, 10);
    expect(bucket.waitMs(3, 500)).toBe(2_500);
    expect(bucket.waitMs(3, 2_999)).toBeCloseTo(1);
    expect(bucket.waitMs(3, 3_000)).toBe(0);
  });

  test('admits a request larger than itself when nearly full, and what it took too much is filled up first', () => {
    const bucket = new TokenBucket(rate, 10_000);
    expect(bucket.waitMs(25, 0)).toBe(0);
    bucket.charge(25, 0);
    expect(bucket.waitMs(1, 0)).toBe(16_000);
    expect(bucket.waitMs(8, 0)).toBe(23_000);
    expect([10, 11, 60].map((units) => bucket.waitMs(units, 0))).toEqual([24_000, 24_000, 24_000]);
    expect(bucket.waitMs(60, 24_000)).toBe(0);
  });

  test('keeps to rates of less than one request per burst', () => {
    const bucket = new TokenBucket(30, 1_000);
    const admitted: number[] = [];
    for (let atMs = 0; atMs < 120_000; atMs += 100) {
      if (bucket.waitMs(1, atMs) > 0) continue;
      bucket.charge(1, atMs);
      admitted.push(atMs);
    }
    expect(admitted).toHaveLength(61);
    expect(admitted.slice(0, 3)).toEqual([0, 1_900, 3_900]);
  });

  test('never admits what is larger than the limit of a minute', () => {
    expect(new TokenBucket(rate, 1_000).waitMs(61, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(new TokenBucket(rate, 1_000).waitMs(60, 0)).toBe(0);
  });

  test('however much was charged over the limit, a silent minute ends every debt', () => {
    const bucket = drained(10_000, 100_000);
    expect(bucket.waitMs(1, 0)).toBe(61_000);
    expect(bucket.waitMs(10, 70_000)).toBe(0);
  });

  test('shows what is missing to full off the limit of a minute, in whole units', () => {
    const bucket = new TokenBucket(rate, 10_000);
    expect(bucket.read(0)).toEqual({ limit: 60, remaining: 60, fullInMs: 0 });
    bucket.charge(4, 0);
    expect(bucket.read(0)).toEqual({ limit: 60, remaining: 56, fullInMs: 4_000 });
    expect(bucket.read(500)).toEqual({ limit: 60, remaining: 56, fullInMs: 3_500 });
    bucket.charge(200, 500);
    expect(bucket.read(500)).toMatchObject({ remaining: 0, fullInMs: 70_000 });
  });

  test('what is given back does not make it more than full', () => {
    const bucket = drained(10_000, 10);
    bucket.giveBack(4, 0, 0);
    expect(bucket.waitMs(4, 0)).toBe(0);
    expect(bucket.waitMs(5, 0)).toBe(1_000);
    bucket.giveBack(6, 0, 9_000);
    expect(bucket.waitMs(10, 9_000)).toBe(0);
    bucket.charge(10, 9_000);
    expect(bucket.waitMs(1, 9_000)).toBe(1_000);
  });

  test('a new limit fills at its own rate from then on, and what was missing is still missing', () => {
    const bucket = drained(10_000, 10);
    bucket.resize(120, 5_000);
    expect(bucket.read(5_000)).toEqual({ limit: 120, remaining: 115, fullInMs: 2_500 });
    expect(bucket.waitMs(18, 5_000)).toBe(1_500);
  });

  test('a much smaller limit does not make a debt of more than a minute of what was missing', () => {
    const bucket = drained(60_000, 60);
    bucket.resize(6, 0);
    expect(bucket.waitMs(1, 0)).toBe(70_000);
  });
});
