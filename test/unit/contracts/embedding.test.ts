import { cosineOf, packVectors, unpackVectors } from '../../../src/contracts/embedding';

describe('packVectors', () => {
  test.each([
    ['one number', [[0.5]]],
    [
      'two vectors of three',
      [
        [1, -2, 0.25],
        [0, 1.5, -0.125],
      ],
    ],
    ['four of one, of which the last fills no group of three bytes', [[1], [2], [3], [4]]],
  ])('%s comes out as it went in', (_, vectors) => {
    expect(unpackVectors(packVectors(vectors), vectors[0]?.length ?? 0)).toEqual(vectors);
  });

  test('is the base64 that OpenAI sends', () => {
    const vector = [0.1, -1e-7, 3];
    expect(packVectors([vector])).toBe(Buffer.from(Float32Array.from(vector).buffer).toString('base64'));
  });
});

describe('unpackVectors', () => {
  test.each([
    ['nothing', ''],
    ['what is no base64', '****'],
    ['a length that is no whole vector', packVectors([[1, 2, 3]])],
  ])('says so for %s', (_, packed) => {
    expect(unpackVectors(packed, 2)).toBeUndefined();
  });
});

describe('cosineOf', () => {
  test.each([
    ['the same direction', [1, 2], [2, 4], 1],
    ['a right angle', [1, 0], [0, 3], 0],
    ['the opposite', [1, 0], [-2, 0], -1],
    ['a vector of zeros', [0, 0], [1, 0], 0],
  ])('%s', (_, a, b, expected) => {
    expect(cosineOf(a, b)).toBeCloseTo(expected, 12);
  });
});
