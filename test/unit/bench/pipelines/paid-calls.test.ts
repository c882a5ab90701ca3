import { isPaid } from '../../../../bench/pipelines/paid-calls';
import { scaleLimits } from '../../../../bench/pipelines/scale-quotas';
import { percentileOf } from '../../../../bench/pipelines/tally';

describe('isPaid', () => {
  const usage = { inputTokens: 10, outputTokens: 5 };
  const attempt = { tier: 0, attempt: 1, hop: 0, endpoint: 'east', outcome: 'succeeded', usage };

  test.each([
    ['an answer', attempt, true],
    ['an answer that did not match its schema', { ...attempt, outcome: 'Llm.OutputInvalid' }, true],
    ['an answer out of the journal', { ...attempt, outcome: 'journaled' }, false],
    ['an answer out of the cache', { ...attempt, outcome: 'cached' }, false],
    ['a template', { ...attempt, usage: { inputTokens: 0, outputTokens: 0 } }, false],
    [
      'a refused call',
      { tier: 0, attempt: 1, hop: 0, endpoint: 'east', outcome: 'Llm.RateLimited', status: 429 },
      false,
    ],
  ])('%s', (_, one, expected) => {
    expect(isPaid(one)).toBe(expected);
  });
});

describe('scaleLimits', () => {
  test('multiplies every limit, also one that is written with underscores, and nothing else', () => {
    const scaled = scaleLimits({ rpm: 60, tpm: '60_000', requestWindow: '1s' }, 10);
    expect(scaled).toEqual({ rpm: 600, tpm: 600_000, requestWindow: '1s' });
  });
});

describe('percentileOf', () => {
  test.each([
    [[3, 1, 2], 0.5, 2],
    [[1, 2, 3, 4], 0.99, 4],
    [[7], 0.01, 7],
    [[], 0.5, Number.NaN],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(percentileOf(values, share)).toBe(expected);
  });
});
