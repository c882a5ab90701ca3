import { checkAnswers } from '../../../src/config/check-answers';
import type { Settings, StepSettings } from '../../../src/contracts/settings';

const step = (change: Partial<StepSettings>): StepSettings => ({
  name: 's',
  prompt: 'p@1',
  lane: 'interactive',
  timeouts: { connectMs: 1, firstTokenMs: 1, idleMs: 1, callMs: 1, stepMs: 1 },
  maximumAttempts: 1,
  tiers: [],
  ...change,
});
const check = (change: Partial<StepSettings>): void =>
  checkAnswers({ file: 'holdfast.yaml', steps: { s: step(change) } } as unknown as Settings, {
    problemOf: (_, value) => (typeof value === 'string' ? undefined : 'expected text'),
    variablesOf: () => ['topic'],
  });

describe('checkAnswers', () => {
  test('takes answers that match, with or without variables', () => {
    expect(() => check({ tiers: [{ template: 'about {{topic}}' }], onExhausted: { default: 'none' } })).not.toThrow();
    expect(() => check({ tiers: [{ template: { t: '{{topic}}' } }], onExhausted: 'park' })).not.toThrow();
  });

  test.each<[Partial<StepSettings>, string]>([
    [{ tiers: [{ cachedMs: 1 }, { template: 7 }] }, 'holdfast.yaml: steps.s.tiers[1].template: expected text'],
    [{ onExhausted: { default: 7 } }, 'holdfast.yaml: steps.s.onExhausted.default: expected text'],
    [
      { tiers: [{ template: 'about {{tpoic}}' }] },
      'holdfast.yaml: steps.s.tiers[0].template: unknown variable {{tpoic}}; the step has topic',
    ],
  ])('%j is refused at load, with its place', (change, message) => {
    expect(() => check(change)).toThrow(message);
  });
});
