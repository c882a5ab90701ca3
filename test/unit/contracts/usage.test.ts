import { addUsage, costUsd, priceAt } from '../../../src/contracts/usage';

describe('priceAt', () => {
  const price = { input: 1, output: 2 };
  const priceChanges = [
    { since: '2026-06-01', input: 3, output: 4 },
    { since: '2026-12-01', input: 5, output: 6 },
  ];
  test.each([
    ['2026-05-31T23:59:59.999Z', 1],
    ['2026-06-01T00:00:00.000Z', 3],
    ['2026-11-30T23:59:59.999Z', 3],
    ['2026-12-01T00:00:00.000Z', 5],
    ['2030-01-01T00:00:00.000Z', 5],
  ])('at %s input costs $%d a million', (at, input) => {
    expect(priceAt({ price, priceChanges }, Date.parse(at)).input).toBe(input);
  });

  test('without changes is the price', () => {
    expect(priceAt({ price }, 0)).toBe(price);
  });
});

describe('addUsage', () => {
  test('adds what is known of caches and reasoning, and says when any of it was estimated', () => {
    const sum = addUsage(
      { inputTokens: 1, outputTokens: 2, cachedInputTokens: 3, reasoningTokens: 4 },
      { inputTokens: 10, outputTokens: 20, reasoningTokens: 40, estimated: true },
    );
    expect(sum).toEqual({
      inputTokens: 11,
      outputTokens: 22,
      cachedInputTokens: 3,
      reasoningTokens: 44,
      estimated: true,
    });
  });
});

describe('costUsd', () => {
  test('takes cached input at its own price; reasoning is output already', () => {
    const usage = {
      inputTokens: 1_000_000,
      outputTokens: 1_000_000,
      cachedInputTokens: 400_000,
      reasoningTokens: 900_000,
    };
    expect(costUsd(usage, { input: 2, output: 10, cachedInput: 0.5 })).toBeCloseTo(1.2 + 0.2 + 10, 10);
    expect(costUsd(usage, { input: 2, output: 10 })).toBeCloseTo(2 + 10, 10);
  });
});
