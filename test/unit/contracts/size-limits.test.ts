import {
  jsonDepthOf,
  maxPayloadBytes,
  sizeLimitsOf,
  sizeProblemOf,
  utf8BytesOf,
} from '../../../src/contracts/size-limits';

describe('utf8BytesOf', () => {
  test.each(['', 'abc', 'é', '€', '😀', 'a😀é€\n', JSON.stringify('\ud800')])('counts %j as Buffer does', (text) => {
    expect(utf8BytesOf(text)).toBe(Buffer.byteLength(text));
  });
});

describe('jsonDepthOf', () => {
  test.each<readonly [unknown, number]>([
    [1, 0],
    ['[[{', 0],
    ['\\"[', 0],
    [[], 1],
    [{ a: [1, { '}': '"' }], b: {} }, 3],
    [['\\\\', ['"', []]], 3],
  ])('%j has %i levels', (value, depth) => {
    expect(jsonDepthOf(JSON.stringify(value))).toBe(depth);
  });
});

describe('sizeProblemOf', () => {
  const limits = { jsonBytes: 100 };

  test.each([
    ['x'.repeat(100), undefined],
    ['x'.repeat(101), 'has 101 bytes of JSON, at most 100 are taken'],
    ['é'.repeat(50), undefined],
    ['é'.repeat(51), 'has 102 bytes of JSON, at most 100 are taken'],
  ])('%j: %s', (text, problem) => {
    expect(sizeProblemOf(text, limits)).toBe(problem);
  });

  test('nesting is bounded, too', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(sizeProblemOf(nested(500), sizeLimitsOf(true))).toBeUndefined();
    expect(sizeProblemOf(nested(501), sizeLimitsOf(true))).toBe('is nested 501 levels deep, at most 500 are taken');
  });
});

describe('sizeLimitsOf', () => {
  test('fits the server without a store, and the store with room to spare', () => {
    expect(sizeLimitsOf(false).jsonBytes).toBeLessThan(2 * 1024 * 1024);
    expect(sizeLimitsOf(true).jsonBytes).toBeLessThan(maxPayloadBytes / 2);
  });
});
