import { admissionCostOf, limitProfiles, settledCostOf } from '../../../src/capacity/limit-profiles';
import type { CapacityCost } from '../../../src/contracts/capacity';
import type { LimitProfileName } from '../../../src/contracts/settings';

const cost = (tokens: number, inputTokens: number, outputTokens: number): CapacityCost => ({
  tokens,
  inputTokens,
  outputTokens,
});

describe('admissionCostOf', () => {
  const call = { inputTokens: 500, requestedOutputTokens: 1_200, expectedOutputTokens: 300 };

  test.each<[LimitProfileName, string, CapacityCost]>([
    ['openai', 'input and all the output asked for', cost(1_700, 500, 300)],
    ['azure', 'input and all the output asked for', cost(1_700, 500, 300)],
    ['anthropic', 'the input, and holds what output is expected', cost(500, 500, 300)],
    ['gemini', 'the input', cost(500, 500, 300)],
    ['selfHosted', 'input and all the output asked for', cost(1_700, 500, 300)],
  ])('%s charges %s', (name, _, expected) => {
    expect(admissionCostOf(limitProfiles[name], call)).toEqual(expected);
  });
});

describe('settledCostOf', () => {
  const usage = { inputTokens: 500, outputTokens: 200, cachedInputTokens: 400 };

  test.each<[LimitProfileName, string, CapacityCost]>([
    ['openai', 'keeps the output asked for and counts the cache', cost(1_700, 500, 200)],
    ['azure', 'keeps the output asked for and counts the cache', cost(1_700, 500, 200)],
    ['anthropic', 'counts neither output nor cache against input', cost(100, 100, 200)],
    ['gemini', 'counts no output, but the cache', cost(500, 500, 200)],
    ['selfHosted', 'keeps the output asked for and counts the cache', cost(1_700, 500, 200)],
  ])('%s %s', (name, _, expected) => {
    expect(settledCostOf(limitProfiles[name], { usage, requestedOutputTokens: 1_200 })).toEqual(expected);
  });

  test('output over the cap counts too, where output counts', () => {
    expect(settledCostOf(limitProfiles.azure, { usage, requestedOutputTokens: 100 })).toEqual(cost(700, 500, 200));
    expect(settledCostOf(limitProfiles.gemini, { usage, requestedOutputTokens: 100 })).toEqual(cost(500, 500, 200));
  });

  test('without a cache all input counts', () => {
    const call = { usage: { inputTokens: 500, outputTokens: 200 }, requestedOutputTokens: 0 };
    expect(settledCostOf(limitProfiles.anthropic, call)).toEqual(cost(500, 500, 200));
  });

  test('a cache larger than the input gives nothing back beyond it', () => {
    const call = { usage: { ...usage, cachedInputTokens: 9_000 }, requestedOutputTokens: 0 };
    expect(settledCostOf(limitProfiles.anthropic, call)).toEqual(cost(0, 0, 200));
  });
});
