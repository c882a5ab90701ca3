import type { StepPlan, TierPlan } from '../../../src/contracts/step';
import { isBreaker } from '../../../src/contracts/capacity';
import { hasModelAfter } from '../../../src/workflows/policy/leave-breaker';

const model = { pool: 'mini', variant: 'default', parameters: {}, contextWindow: 1 } as unknown as TierPlan;
const rule = { rule: 'guess', timeoutMs: 1_000 } as TierPlan;
const plan = (tiers: TierPlan[], onFailure?: StepPlan['onFailure']): StepPlan =>
  ({ step: 's', tiers, ...(onFailure && { onFailure }) }) as unknown as StepPlan;

describe('hasModelAfter', () => {
  test.each([
    ['another model', plan([model, model]), 0, true],
    ['another model further down', plan([model, rule, model]), 0, true],
    ['the last model', plan([model, model]), 1, false],
    ['only a rule after it', plan([model, rule]), 0, false],
    ['a step that stays when no capacity is to be had', plan([model, model], { 'Capacity.Timeout': 'fail' }), 0, false],
  ])('%s', (_, one, tier, expected) => {
    expect(hasModelAfter(one, tier)).toBe(expected);
  });
});

describe('isBreaker', () => {
  test.each([
    ['breaker on openai-mini', true],
    ['tpm on openai-mini', false],
    ['tpm on breaker', false],
  ])('%s: %j', (blockedBy, expected) => {
    expect(isBreaker(blockedBy)).toBe(expected);
  });
});
