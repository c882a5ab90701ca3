import { fillAnswer, variablesOfAnswer } from '../../../src/contracts/fill-answer';

describe('fillAnswer', () => {
  test.each([
    ['a text', 'Nothing about {{topic}}.', 'Nothing about bells.'],
    ['several variables', '{{topic}}, {{count}} times', 'bells, 3 times'],
    ['a text that is one placeholder takes the value as it is', '{{count}}', 3],
    ['a list in a longer text stands as JSON', 'of {{tags}}', 'of ["a","b"]'],
    [
      'texts inside of a value',
      { title: '{{topic}}', list: ['{{tags}}', 1, null, true] },
      { title: 'bells', list: [['a', 'b'], 1, null, true] },
    ],
    ['an unknown variable stays as it is written', 'of {{nobody}}', 'of {{nobody}}'],
    ['what an object inherits is no variable', '{{constructor}}', '{{constructor}}'],
    ['a replacement pattern is text like any other', '{{dollars}}', '$& and $1'],
  ])('%s', (_, answer, expected) => {
    expect(fillAnswer(answer, { topic: 'bells', count: 3, tags: ['a', 'b'], dollars: '$& and $1' })).toEqual(expected);
  });

  test('a variable that looks like a placeholder is not filled in again', () => {
    expect(fillAnswer('say {{a}}', { a: '{{b}}', b: 'no' })).toBe('say {{b}}');
  });
});

describe('variablesOfAnswer', () => {
  test('names each once, wherever it stands', () => {
    expect(variablesOfAnswer({ a: '{{x}} and {{y}}', b: ['{{x}}', { c: '{{z}}' }], d: 1 })).toEqual(['x', 'y', 'z']);
  });
});
