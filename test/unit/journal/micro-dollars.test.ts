import fc from 'fast-check';
import { dollarsOf, microDollarsAllowed, microDollarsSpent } from '../../../src/journal/micro-dollars';

describe('micro-dollars', () => {
  test.each([
    [0, 0, 0],
    [0.07, 70_000, 70_000],
    [0.1 + 0.2, 300_000, 300_000],
    [1.005, 1_005_000, 1_005_000],
    [0.000_000_3, 1, 0],
    [1e-13, 1, 0],
    [0.000_001_5, 2, 1],
    [899_999_999.999_999, 899_999_999_999_999, 899_999_999_999_999],
  ])('%d dollars are spent as %i and allowed as %i millionths', (usd, spent, allowed) => {
    expect([microDollarsSpent(usd), microDollarsAllowed(usd)]).toEqual([spent, allowed]);
  });

  test('a whole number of millionths comes back as it went', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900_000_000_000_000 }), (micros) => {
        expect([microDollarsSpent(dollarsOf(micros)), microDollarsAllowed(dollarsOf(micros))]).toEqual([
          micros,
          micros,
        ]);
      }),
    );
  });

  test('nothing that costs anything is free', () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: 1_000, noNaN: true }), (usd) => {
        expect(microDollarsSpent(usd)).toBeGreaterThanOrEqual(1);
        expect(microDollarsSpent(usd)).toBeGreaterThanOrEqual(usd * 1_000_000 - 1e-5);
      }),
    );
  });
});
