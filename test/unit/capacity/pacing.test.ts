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
    expect(requestGapMsOf(rpm, jitterMs)).toBeCloseTo(gapMs, 6);
  });

  test.each([1, 5, 6, 12, 30, 60, 63, 64, 90, 600, 3_500])(
    'of %d a minute keeps every minute within the limit when calls are J late, and every ten seconds within a sixth',
    (rpm) => {
      const gapMs = requestGapMsOf(rpm, jitterMs);
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
    expect(60_000 / requestGapMsOf(rpm, jitterMs) / rpm).toBeGreaterThan(share - 0.0005);
  });
});

describe('compileLimits', () => {
  test('turns limits into rates, and what is not limited into 0', () => {
    expect(compileLimits({ tpm: 120_000 }, jitterMs)).toEqual({
      rpm: 0,
      tpm: 120_000,
      concurrency: 0,
      requestGapMs: 0,
      tokenMs: 0.5,
    });
    expect(compileLimits({ concurrency: 4, rpm: 60 }, 0)).toMatchObject({ rpm: 60, concurrency: 4, tokenMs: 0 });
  });
});

describe('windowMsOf', () => {
  test('is the minute as it looks after jitter', () => {
    expect(windowMsOf(jitterMs)).toBe(60_050);
  });
});
