import { parseScheduledEval } from '../../../src/contracts/pipelines/scheduled-eval';

const input = { target: 'support.intent', data: 'intents.jsonl', baseline: 'baseline.json' };

describe('parseScheduledEval', () => {
  test('gives a good input back', () => {
    const full = {
      ...input,
      pools: ['mini'],
      limit: 100,
      threshold: 0.9,
      notify: ['slack'],
      alertAfter: 2,
      againAfter: '10m',
    };
    expect(parseScheduledEval(input)).toEqual(input);
    expect(parseScheduledEval(full)).toEqual(full);
  });

  test.each([
    ['nothing at all', undefined, 'input: expected an object'],
    ['no target', { ...input, target: '' }, 'target: expected a step, or name@version of a prompt, received ""'],
    ['no baseline', { ...input, baseline: undefined }, "baseline: expected a path below the worker's document folder"],
    ['an unknown field', { ...input, cron: '* * * * *' }, 'cron: expected no field of this name'],
    ['no pools', { ...input, pools: [] }, 'pools: expected a list of names, received []'],
    ['a threshold in percent', { ...input, threshold: 90 }, 'threshold: expected a number from 0 to 1, received 90'],
    ['a pause without a unit', { ...input, againAfter: '10' }, 'againAfter: expected a duration with its unit'],
    ['no budget', { ...input, budgetUsd: 0 }, 'budgetUsd: expected an amount above 0, received 0'],
  ])('refuses %s', (_, value, message) => {
    expect(() => parseScheduledEval(value)).toThrow(
      expect.objectContaining({
        type: 'Pipeline.InvalidInput',
        message: expect.stringContaining(`scheduledEval: ${message}`) as string,
      }) as Error,
    );
  });
});
