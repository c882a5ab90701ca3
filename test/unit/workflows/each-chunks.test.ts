import { chunkAt, chunkCharacters, chunkItemsOf, childrenOf, partOf } from '../../../src/workflows/policy/each-chunks';

describe('chunkItemsOf', () => {
  test.each([
    [0, 2, 1],
    [6, 2, 3],
    [60, 1, 25],
    [1_000, 12, 25],
    [5_000, 16, 50],
    [100_000, 16, 400],
  ])('%i items for %i children are cut into chunks of %i', (items, children, chunk) => {
    expect(chunkItemsOf(items, children)).toBe(chunk);
  });

  test.each([
    [2_002, 16, 160, 126],
    [100, 16, 160, 7],
    [50_000, 16, 160, 160],
  ])(
    'of %i items among %i children, %i at most: %i, so that all children have some',
    (items, children, most, chunk) => {
      expect(chunkItemsOf(items, children, most)).toBe(chunk);
    },
  );
});

describe('partOf', () => {
  test.each([1, 3, 8, 63, 64, 1_000])('shares %i among the children, nothing lost and none without', (concurrency) => {
    const children = childrenOf(concurrency);
    const parts = Array.from({ length: children }, (_, index) => partOf(concurrency, children, index));
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(concurrency);
    expect(Math.min(...parts)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
  });
});

describe('chunkAt', () => {
  const half = 'x'.repeat(chunkCharacters / 2);

  test('takes as many items as it may', () => {
    expect(chunkAt(['a', 'b', 'c', 'd'], 1, 2)).toEqual({ from: 1, to: 3 });
  });

  test('ends with the list', () => {
    expect(chunkAt(['a', 'b', 'c', 'd'], 3, 25)).toEqual({ from: 3, to: 4 });
  });

  test('ends before it is too large, but has one item', () => {
    expect(chunkAt([half, half, half], 0, 25)).toEqual({ from: 0, to: 1 });
    expect(chunkAt([half + half + half, 'a'], 0, 25)).toEqual({ from: 0, to: 1 });
  });

  test('counts what JSON leaves out as nothing', () => {
    expect(chunkAt([undefined, undefined], 0, 25)).toEqual({ from: 0, to: 2 });
  });
});
