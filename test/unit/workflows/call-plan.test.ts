import type { StepPlan, TierPlan } from '../../../src/contracts/step';
import { callPlanOf, poolsText } from '../../../src/workflows/policy/call-plan';

const model: TierPlan = { pool: 'smart', variant: 'default', parameters: { maxOutputTokens: 9 }, contextWindow: 10 };
const plan = (...tiers: TierPlan[]): StepPlan => ({
  step: 's',
  prompt: 'p@1',
  lane: 'interactive',
  timeouts: { connectMs: 1, firstTokenMs: 2, idleMs: 3, callMs: 4, stepMs: 5 },
  maximumAttempts: 3,
  tiers,
});
const call = { pool: model, requestDigest: 'd' };

describe('callPlanOf', () => {
  test('carries what one call needs and nothing else: it stands in history with each of them', () => {
    expect(callPlanOf(plan(model), 0, call)).toEqual({
      prompt: 'p@1',
      lane: 'interactive',
      timeouts: { connectMs: 1, firstTokenMs: 2, idleMs: 3, callMs: 4 },
      maximumAttempts: 3,
      pool: 'smart',
      variant: 'default',
      requestDigest: 'd',
      parameters: { maxOutputTokens: 9 },
    });
  });

  test.each<[string, TierPlan[], number, number | undefined]>([
    ['the first model tier behind a cached one', [{ cachedMs: 7 }, model], 1, 7],
    ['the first model tier before a cached one', [model, { cachedMs: 7 }], 0, 7],
    ['no later tier: its answer is a degraded one', [model, model, { cachedMs: 7 }], 1, undefined],
    ['no tier of a ladder without a cached one', [model], 0, undefined],
  ])('keeps the answers of %s', (_, tiers, tier, cacheMs) => {
    expect(callPlanOf(plan(...tiers), tier, call).cacheMs).toBe(cacheMs);
  });

  test('carries stream, background and tools where the step has them', () => {
    const rich = { ...plan(model), stream: true, background: true, tools: ['lookUp'] };
    expect(callPlanOf(rich, 0, call)).toMatchObject({ stream: true, background: true, tools: ['lookUp'] });
  });
});

describe('poolsText', () => {
  test('calls a cached tier by what it is', () => {
    expect(poolsText({ cachedMs: 1 })).toBe('cached');
    expect(poolsText(model)).toBe('smart');
    expect(poolsText(undefined)).toBe('');
  });
});
