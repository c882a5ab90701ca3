import { compileLimits, requestGapMsOf, windowMsOf } from '../../../src/capacity/pacing';

const jitterMs = 50;

describe('requestGapMsOf', () => {
  // A second of rate must hold one request and the jitter: 60 / (1 − 0.05) = 63.2 requests a minute.
  test.each([
    [1, 60_051],
    [6, 10_051],
    [60, 1_051],
    [63, 60_000 / 63 + 51],
    [64, 60_306 / 64],
    [600, 100.51],
    [6_000, 10.051],
  ])('of %d a minute is %d ms', (rpm, gapMs) => {
    expect(requestGapMsOf({ rpm }, jitterMs)).toBeCloseTo(gapMs, 6);
  });

  test.each([1, 5, 6, 12, 30, 60, 63, 64, 90, 600, 3_500])(
    'of %d a minute keeps every minute within the limit when calls are J late, and every ten seconds within a sixth',
    (rpm) => {
      const gapMs = requestGapMsOf({ rpm }, jitterMs);
      const startsWithin = (windowMs: number): number => Math.floor((windowMs + jitterMs) / gapMs) + 1;
      expect(startsWithin(60_000)).toBeLessThanOrEqual(rpm);
      expect(startsWithin(10_000)).toBeLessThanOrEqual(Math.ceil(rpm / 6));
    },
  );

  test.each([
    [1_000, 0.995],
    [64, 0.995],
    [60, 0.95],
    [10, 0.99],
  ])('of %d a minute uses at least %d of the limit', (rpm, share) => {
    expect(60_000 / requestGapMsOf({ rpm }, jitterMs) / rpm).toBeGreaterThan(share - 0.0005);
  });
});

describe('requestGapMsOf a limit that is judged by the second', () => {
  const requestWindowMs = 1_000;

  test.each([1, 30, 59, 60, 61, 119, 120, 180, 600, 3_500])('of %d a minute keeps every second within it', (rpm) => {
    const gapMs = requestGapMsOf({ rpm, requestWindowMs }, jitterMs);
    const startsWithin = (windowMs: number): number => Math.floor((windowMs + jitterMs) / gapMs) + 1;
    expect(startsWithin(1_000)).toBeLessThanOrEqual(Math.max(1, Math.floor(rpm / 60)));
    expect(startsWithin(60_000)).toBeLessThanOrEqual(rpm);
  });

  test.each([600, 3_600])('of %d a minute uses what can be used of it', (rpm) => {
    const admitted = rpm / 60;
    const bound = ((admitted - 1) / admitted) * (1 / (1 + jitterMs / 1_000));
    const use = 60_000 / requestGapMsOf({ rpm, requestWindowMs }, jitterMs) / rpm;
    expect(use).toBeGreaterThan(0.99 * bound);
    expect(use).toBeLessThanOrEqual(bound);
  });
});

describe('compileLimits', () => {
  test('are the limits in the order of the scripts, 0 for what is not limited, and the gap', () => {
    expect(compileLimits({ tpm: 120_000 }, jitterMs)).toEqual([0, 120_000, 0, 0, 0, 0, 0]);
    const all = { rpm: 60, tpm: 1, inputTpm: 2, outputTpm: 3, rpd: 4, concurrency: 5 };
    expect(compileLimits(all, 0)).toEqual([60, 1, 2, 3, 4, 5, requestGapMsOf({ rpm: 60 }, 0)]);
  });
});

describe('windowMsOf', () => {
  test('is the minute as it looks after jitter', () => {
    expect(windowMsOf(jitterMs)).toBe(60_050);
  });
});
