import { batchPriceOf, costUsd } from '../../../src/contracts/usage';

const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000, cachedInputTokens: 500_000 };

describe('batchPriceOf', () => {
  test.each([
    ['half of each price', { input: 2, output: 8 }, 5],
    ['half of the cached price too', { input: 2, output: 8, cachedInput: 1 }, 4.75],
    ['the share that the price says', { input: 2, output: 8, batch: 0.25 }, 2.5],
  ])('is %s', (_what, price, usd) => {
    expect(costUsd(usage, batchPriceOf(price))).toBeCloseTo(usd, 9);
  });
});
