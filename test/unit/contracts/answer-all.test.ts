import { parseAnswerAll } from '../../../src/contracts/pipelines/answer-all';

const input = { step: 'lanes.record', topics: ['one'], concurrency: 2 };

describe('parseAnswerAll', () => {
  test('gives a good input back', () => {
    expect(parseAnswerAll(input)).toEqual(input);
  });

  test.each([
    ['nothing at all', undefined, 'step: expected the name of a step, received nothing'],
    ['an empty step', { ...input, step: '' }, 'step: expected the name of a step, received ""'],
    ['no topics', { ...input, topics: [] }, 'topics: expected 1 to 500 texts, received []'],
    ['topics that are no texts', { ...input, topics: ['one', 2] }, 'topics: expected 1 to 500 texts'],
    [
      'more topics than a history takes',
      { ...input, topics: Array<string>(501).fill('x') },
      'topics: expected 1 to 500',
    ],
    ['no concurrency', { ...input, concurrency: 0 }, 'concurrency: expected a whole number from 1 to 100, received 0'],
    ['half a call at a time', { ...input, concurrency: 0.5 }, 'concurrency: expected a whole number'],
  ])('refuses %s', (_, value, message) => {
    expect(() => parseAnswerAll(value)).toThrow(
      expect.objectContaining({ type: 'Pipeline.InvalidInput', message: expect.stringContaining(message) }),
    );
  });
});
