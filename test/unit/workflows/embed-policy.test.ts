import { batchTexts } from '../../../src/workflows/policy/batch-texts';
import { nearest } from '../../../src/workflows/policy/nearest';

describe('batchTexts', () => {
  test.each([
    ['nothing', [], 2, 100, []],
    ['as many as a call may have', ['a', 'b', 'c'], 2, 100, [['a', 'b'], ['c']]],
    ['as many bytes as a call may have', ['aaa', 'bb', 'c'], 9, 5, [['aaa', 'bb'], ['c']]],
    ['bytes, not characters', ['éé', 'é'], 9, 5, [['éé'], ['é']]],
    ['a text that is too large for any call, by itself', ['a', 'bbbbbb', 'c'], 9, 5, [['a'], ['bbbbbb'], ['c']]],
  ])('%s', (_, texts, most, bytes, expected) => {
    expect(batchTexts(texts, { texts: most, bytes })).toEqual(expected);
  });
});

describe('nearest', () => {
  const vectors = [
    [0, 1],
    [1, 0],
    [1, 1],
    [2, 0],
  ];

  test('gives the nearest first, and of equals the first', () => {
    expect(nearest([1, 0], vectors, 3).map(({ index }) => index)).toEqual([1, 3, 2]);
  });

  test('gives no more than there are', () => {
    expect(nearest([1, 0], vectors, 9)).toHaveLength(4);
  });

  test('refuses vectors of another model, which have another length', () => {
    expect(() => nearest([1, 0, 0], vectors, 1)).toThrow(
      expect.objectContaining({ type: 'Pipeline.InvalidInput', message: expect.stringContaining('vector 0 has 2') }),
    );
  });
});
