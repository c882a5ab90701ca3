import { parseResearchInput } from '../../../src/contracts/pipelines/research-input';
import { HoldfastError } from '../../../src/errors';

const good = { topic: 'Listening', source: 'books/a.txt' };

describe('parseResearchInput', () => {
  test('fills in the number of sections', () => {
    expect(parseResearchInput(good)).toEqual({ ...good, sections: 5 });
  });

  test.each([
    ['nothing', undefined, /input: expected an object.*received nothing/],
    ['a list', [], /input: expected an object/],
    ['no topic', { source: 'a' }, /topic: expected text of 3 to 200 characters, received nothing/],
    ['a numeric topic', { ...good, topic: 7 }, /topic: .*received 7/],
    ['a blank topic', { ...good, topic: '   ' }, /topic:/],
    ['no source', { topic: 'Listening' }, /source: .*received nothing/],
    ['sections as text', { ...good, sections: '5' }, /sections: expected a whole number from 1 to 12, received "5"/],
    ['half a section', { ...good, sections: 2.5 }, /sections:/],
    ['too many sections', { ...good, sections: 13 }, /sections:/],
    ['NaN sections', { ...good, sections: Number.NaN }, /sections:/],
    [
      'an unknown field',
      { ...good, lenght: 3 },
      /lenght: expected no field of this name \(known: topic, source, sections\)/,
    ],
  ])('refuses %s with a type, the field and what was received', (_, value, message) => {
    let thrown: unknown;
    try {
      parseResearchInput(value);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(HoldfastError);
    expect(thrown).toMatchObject({ type: 'Pipeline.InvalidInput', message: expect.stringMatching(message) });
    expect((thrown as Error).message).not.toContain('\n');
  });
});
