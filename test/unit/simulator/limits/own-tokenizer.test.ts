import { toOwnTokens } from '../../../../src/simulator';

const countsOf = (bias: number, spread: number, seed = 1): number[] =>
  Array.from({ length: 2_000 }, (_, index) => toOwnTokens(1_000, { bias, spread }, seed, 'x', `text ${index}`));

describe('toOwnTokens', () => {
  test('without bias and spread counts as the simulator does', () => {
    expect(toOwnTokens(123, { bias: 0, spread: 0 }, 1, 'x', 'text')).toBe(123);
  });

  test.each([
    [0.1, 1_100],
    [-0.1, 900],
  ])('a bias of %d is the same for every text', (bias, expected) => {
    expect(new Set(countsOf(bias, 0))).toEqual(new Set([expected]));
  });

  test('a spread errs in both directions, evenly, and no further', () => {
    const counts = countsOf(0, 0.1);
    const mean = counts.reduce((sum, tokens) => sum + tokens, 0) / counts.length;
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(900);
    expect(Math.min(...counts)).toBeLessThan(905);
    expect(Math.max(...counts)).toBeLessThanOrEqual(1_100);
    expect(Math.max(...counts)).toBeGreaterThan(1_095);
    expect(Math.abs(mean - 1_000)).toBeLessThan(5);
  });

  test('the same text counts the same with the same seed, and otherwise not', () => {
    expect(countsOf(0.05, 0.1)).toEqual(countsOf(0.05, 0.1));
    expect(countsOf(0.05, 0.1, 2)).not.toEqual(countsOf(0.05, 0.1));
  });

  test('every request has at least one token', () => {
    expect(toOwnTokens(1, { bias: -0.5, spread: 0.5 }, 1, 'x', 'text')).toBe(1);
  });
});
