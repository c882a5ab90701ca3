import { parseRegionalInput } from '../../../src/contracts/pipelines/regional-spillover';
import { parseSupportInput } from '../../../src/contracts/pipelines/support-reply';

describe.each([
  ['supportReply', parseSupportInput],
  ['regionalSpillover', parseRegionalInput],
])('the input of %s', (pipeline, parse) => {
  test('is a question, without the blanks around it', () => {
    expect(parse({ question: ' Where is my card?\n' })).toEqual({ question: 'Where is my card?' });
  });

  test.each([
    ['nothing', undefined, 'input', 'received nothing'],
    ['a list', [], 'input', 'received []'],
    ['no question', {}, 'question', 'expected text of 1 to 2000 characters, received nothing'],
    ['an empty question', { question: '' }, 'question', 'received ""'],
    ['blanks', { question: ' \n' }, 'question', 'received " \\n"'],
    ['a number', { question: 7 }, 'question', 'received 7'],
    ['a question of 3 MB', { question: 'a'.repeat(3_000_000) }, 'question', 'received 3000000 characters'],
    ['another field', { question: 'Why?', tone: 'rude' }, 'tone', 'expected no field of this name (known: question)'],
  ])('is not %s', (_, input, field, told) => {
    expect(() => parse(input)).toThrow(
      expect.objectContaining({
        type: 'Pipeline.InvalidInput',
        message: expect.stringMatching(new RegExp(`^${pipeline}: ${field}: `)) as string,
        details: { field },
      }),
    );
    expect(() => parse(input)).toThrow(told);
  });
});
