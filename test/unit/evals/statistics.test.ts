import { bootstrapMean, wilson } from '../../../src/evals/statistics/intervals';
import { holm, mcnemar } from '../../../src/evals/statistics/mcnemar';
import { quantile } from '../../../src/evals/statistics/quantile';
import { createRandom, sample } from '../../../src/evals/statistics/random';

describe('wilson', () => {
  test.each([
    // Newcombe, Two-sided confidence intervals for the single proportion, 1998, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [5, 10, 0.2366, 0.7634],
    [20, 20, 0.8389, 1],
  ])('%d of %d lies between %d and %d', (successes, of, low, high) => {
    const estimate = wilson(successes, of);
    expect(estimate.value).toBe(successes / of);
    expect(estimate.low).toBeCloseTo(low, 4);
    expect(estimate.high).toBeCloseTo(high, 4);
  });

  test('knows nothing of no rows', () => {
    expect(wilson(0, 0)).toEqual({ value: 0, low: 0, high: 1 });
  });
});

describe('bootstrapMean', () => {
  const halves = Array.from({ length: 400 }, (_, index) => index % 2);

  test('comes near the normal interval where that holds', () => {
    const { value, low, high } = bootstrapMean(halves, 7);
    expect(value).toBe(0.5);
    expect(low).toBeCloseTo(0.5 - 1.96 * 0.025, 1.8);
    expect(high).toBeCloseTo(0.5 + 1.96 * 0.025, 1.8);
  });

  test('the same seed gives the same interval, another one another', () => {
    const odd = halves.map((value, index) => value + (index % 7) / 10);
    expect(bootstrapMean(odd, 7)).toEqual(bootstrapMean(odd, 7));
    expect(bootstrapMean(odd, 7)).not.toEqual(bootstrapMean(odd, 8));
  });

  test('what never differs has no width', () => {
    expect(bootstrapMean([-0.5, -0.5, -0.5], 1)).toEqual({ value: -0.5, low: -0.5, high: -0.5 });
    expect(bootstrapMean([], 1)).toEqual({ value: 0, low: 0, high: 0 });
  });
});

describe('mcnemar', () => {
  test.each([
    [0, 0, 1],
    [5, 5, 1],
    [1, 8, 20 / 512],
    [8, 1, 20 / 512],
    [0, 10, 2 / 1024],
  ])('%d against %d: p = %d', (onlyFirst, onlySecond, p) => {
    expect(mcnemar(onlyFirst, onlySecond)).toBeCloseTo(p, 12);
  });

  test('does not sink to 0 with thousands of disagreements', () => {
    // z = 199 / √2200, with continuity correction.
    expect(mcnemar(1_000, 1_200)).toBeGreaterThan(2.1e-5);
    expect(mcnemar(1_000, 1_200)).toBeLessThan(2.3e-5);
  });
});

describe('holm', () => {
  test.each([
    [
      [0.01, 0.04, 0.03],
      [0.03, 0.06, 0.06],
    ],
    [[0.5], [0.5]],
    [
      [0.9, 0.8],
      [1, 1],
    ],
    [[], []],
  ])('%j become %j', (given, corrected) => {
    holm(given).forEach((p, index) => expect(p).toBeCloseTo(corrected[index] ?? -1, 12));
    expect(holm(given)).toHaveLength(corrected.length);
  });
});

describe('quantile', () => {
  test.each([
    [[1, 2, 3, 4], 0.5, 2.5],
    [[10], 0.95, 10],
    [[0, 10, 20], 0.95, 19],
    [[], 0.5, 0],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(quantile(values, share)).toBeCloseTo(expected, 12);
  });
});

describe('sample', () => {
  const items = Array.from({ length: 100 }, (_, index) => index);

  test('draws without repetition, in order, the same with the same seed', () => {
    const drawn = sample(items, 20, createRandom(3));
    expect(new Set(drawn).size).toBe(20);
    expect([...drawn].sort((a, b) => a - b)).toEqual(drawn);
    expect(sample(items, 20, createRandom(3))).toEqual(drawn);
    expect(sample(items, 20, createRandom(4))).not.toEqual(drawn);
  });

  test('draws every item about equally often', () => {
    const counts = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 2_000; seed++)
      for (const item of sample(items.slice(0, 10), 3, createRandom(seed))) counts[item] = (counts[item] ?? 0) + 1;
    // 600 expected, standard deviation 20.
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(100);
  });

  test('takes all when there are fewer', () => {
    expect(sample([1, 2], 5, createRandom(1))).toEqual([1, 2]);
  });
});
