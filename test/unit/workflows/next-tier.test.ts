import { failureTypes, policyOf } from '../../../src/errors/failure-types';
import type { StepPlan } from '../../../src/contracts/step';
import { nextTierOf } from '../../../src/workflows/policy/next-tier';

const tier = (contextWindow: number): StepPlan['tiers'][number] => ({
  pool: 'p',
  variant: 'default',
  parameters: { maxOutputTokens: 100 },
  contextWindow,
});
const plan = (...windows: number[]): StepPlan => ({
  step: 's',
  prompt: 'p@1',
  lane: 'interactive',
  timeouts: { connectMs: 1, firstTokenMs: 1, idleMs: 1, callMs: 1, stepMs: 1 },
  maximumAttempts: 3,
  tiers: windows.map(tier),
});

describe('nextTierOf', () => {
  test.each(failureTypes.filter((type) => policyOf(type).next === 'tier'))('%s goes one tier down', (type) => {
    expect(nextTierOf(plan(10, 10, 10), 0, type)).toBe(1);
    expect(nextTierOf(plan(10, 10, 10), 1, type)).toBe(2);
  });

  test.each(failureTypes.filter((type) => policyOf(type).next === 'tier'))(
    '%s ends the step at the last tier',
    (type) => {
      expect(nextTierOf(plan(10, 10), 1, type)).toBeUndefined();
    },
  );

  test.each(failureTypes.filter((type) => policyOf(type).next === 'fail'))(
    '%s fails fast although tiers are left',
    (type) => {
      expect(nextTierOf(plan(10, 10, 10), 0, type)).toBeUndefined();
    },
  );

  test('a request that was too long skips to the first tier with a strictly larger window', () => {
    expect(nextTierOf(plan(100, 100, 400), 0, 'Llm.ContextTooLong')).toBe(2);
  });

  test('a request that was too long never goes to an equal or smaller window', () => {
    expect(nextTierOf(plan(100, 100, 50), 0, 'Llm.ContextTooLong')).toBeUndefined();
  });
});
