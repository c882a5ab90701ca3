import { failureTypes, policyOf } from '../../../src/errors/failure-types';
import type { StepPlan } from '../../../src/contracts/step';
import { firstInTime, firstModelTierOf, nextTierOf, runsHere } from '../../../src/workflows/policy/next-tier';

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

describe('firstInTime', () => {
  const cached = { cachedMs: 1 };
  const needing = (needsMs: number): StepPlan['tiers'][number] => ({ ...tier(10), needsMs });
  const ladder = (...tiers: StepPlan['tiers']): StepPlan => ({ ...plan(), tiers });

  test.each([
    ['a tier that needs more than is left is passed over', ladder(needing(20_000), tier(10)), 0, 5_000, 1],
    ['one that needs no more than is left is taken', ladder(needing(5_000), tier(10)), 0, 5_000, 0],
    ['without a need of its own a tier takes a second', ladder(tier(10), cached), 0, 999, 1],
    ['a cached tier takes no time', ladder(cached), 0, 0, 0],
    ['tiers before are not gone back to', ladder(cached, needing(20_000)), 1, 5_000, undefined],
    ['behind the last tier there is none', ladder(tier(10)), 1, 60_000, undefined],
  ])('%s', (_, steps, from, remainingMs, expected) => {
    expect(firstInTime(steps, from, { ofStepMs: remainingMs, ofRunMs: remainingMs })).toBe(expected);
  });

  const person = { human: 'clerks', deadlineMs: 1 };
  const deferred = {
    deferred: 'p',
    variant: 'default',
    parameters: { maxOutputTokens: 1 },
    contextWindow: 500,
    withinMs: 1,
  };
  test('a tier with a time of its own needs none of the step, only of the run', () => {
    const steps = ladder(tier(10), person);
    expect(firstInTime(steps, 0, { ofStepMs: 0, ofRunMs: Number.POSITIVE_INFINITY })).toBe(1);
    expect(firstInTime(steps, 0, { ofStepMs: 0, ofRunMs: 999 })).toBeUndefined();
  });

  test('a request that was too long goes to a person, and to a later model that takes it', () => {
    expect(nextTierOf(ladder(tier(100), tier(100), person), 0, 'Llm.ContextTooLong')).toBe(2);
    expect(nextTierOf(ladder(tier(100), deferred), 0, 'Llm.ContextTooLong')).toBe(1);
    expect(nextTierOf(ladder(tier(500), deferred), 0, 'Llm.ContextTooLong')).toBeUndefined();
  });

  test.each([
    ['the first model runs in the pipeline', ladder(cached, tier(10), tier(20)), 1, true],
    ['a later one does not', ladder(cached, tier(10), tier(20)), 2, false],
    ['a person never does', ladder(person, tier(10)), 0, false],
    ['a deferred tier is opened there', ladder(tier(10), deferred), 1, true],
    ['a template answers there', ladder(tier(10), { template: true }), 1, true],
  ])('%s', (_, steps, at, expected) => {
    expect(runsHere(steps, at)).toBe(expected);
  });

  test('the first tier that calls a model is found behind a cached one', () => {
    expect(firstModelTierOf(ladder(cached, tier(10), tier(20)))).toBe(1);
    expect(firstModelTierOf(ladder(tier(10), cached))).toBe(0);
  });
});
