import type { HumanTierPlan, StepPlan } from '../../../src/contracts/step';
import { questionOf } from '../../../src/workflows/policy/human-question';

const hourMs = 3_600_000;
const plan = (tier: Partial<HumanTierPlan>, output?: string): StepPlan => ({
  step: 'letter.read',
  prompt: 'p@1',
  ...(output !== undefined && { output }),
  lane: 'interactive',
  timeouts: { connectMs: 1, firstTokenMs: 1, idleMs: 1, callMs: 1, stepMs: 1 },
  maximumAttempts: 3,
  tiers: [{ human: 'clerks', deadlineMs: 4 * hourMs, ...tier }],
});
const asked = (changes: Partial<Parameters<typeof questionOf>[0]> = {}) =>
  questionOf({
    plan: plan({}),
    tier: 0,
    occurrence: 0,
    remainingMs: 4 * hourMs,
    reason: 'Llm.OutputInvalid',
    variables: { letter: 'Dear all' },
    ...changes,
  });

describe('questionOf', () => {
  test('asks those of the role, for an answer, with what the step was given and why', () => {
    expect(asked()).toMatchObject({
      name: 'letter.read',
      options: {
        title: 'letter.read: Llm.OutputInvalid',
        show: { step: 'letter.read', reason: 'Llm.OutputInvalid', variables: { letter: 'Dear all' } },
        allow: ['answer'],
        roles: ['clerks'],
        deadline: 4 * hourMs,
      },
    });
  });

  test('tells openings of the same step apart', () => {
    expect(asked({ occurrence: 3 }).name).toBe('letter.read#3');
  });

  test('says nothing of a failure when there was none', () => {
    const { options } = asked({ reason: '' });
    expect(options.title).toBe('letter.read');
    expect(options.show).not.toHaveProperty('reason');
  });

  test('reminds only within the time that the run has left', () => {
    const tier = { remindMs: [2 * hourMs, hourMs / 2], notify: ['slack'] as const };
    expect(asked({ plan: plan(tier), remainingMs: hourMs }).options).toMatchObject({ remind: [hourMs / 2] });
    expect(asked({ plan: plan(tier), remainingMs: hourMs / 4 }).options).not.toHaveProperty('remind');
  });

  test('shows that there are attachments, not what is in them', () => {
    const attachments = [
      { kind: 'pdf', name: 'letter.pdf', data: 'JVBERi0=' },
      { kind: 'image', mediaType: 'image/png', data: 'iVBORw0=' },
    ] as const;
    expect(asked({ extras: { attachments } }).options.show).toMatchObject({
      attachments: ['letter.pdf', 'image/png'],
    });
  });

  test.each([
    ['text where the step gives text', undefined, 'yes', undefined],
    ['anything else where the step gives text', undefined, { yes: 1 }, 'expected text, received {"yes":1}'],
  ])('an answer: %s', (_, output, answer, problem) => {
    expect(asked({ plan: plan({}, output) }).options.checkAnswer?.(answer)).toBe(problem);
  });

  test('leaves an answer with a schema to the workers', () => {
    const { options } = asked({ plan: plan({}, 'Letter') });
    expect(options.answerSchema).toBe('Letter');
    expect(options.checkAnswer).toBeUndefined();
  });
});
