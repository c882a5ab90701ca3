import { cellName, matrix, quickCells, variantName } from '../../../../bench/capacity/matrix';
import type { Cell } from '../../../../bench/capacity/matrix';
import { pairwiseCells, realTimeBatches } from '../../../../bench/capacity/real-time/cells';
import { requestWindows, tokenWindows } from '../../../../src/simulator';

const names = (cells: readonly Cell[]): string[] => cells.map(cellName);

describe('matrix', () => {
  const main = matrix.filter(({ binding }) => binding === 'tokens' || binding === 'requests');

  test('has every window × provider × regions × overload once', () => {
    const windows = [
      ...tokenWindows.map((each) => `tokens ${each}`),
      ...requestWindows.map((each) => `requests ${each}`),
    ];
    const expected = ['openai', 'anthropic', 'azure'].flatMap((provider) =>
      windows.flatMap((window) => ['1x1.2', '1x3', '3x1.2', '3x3'].map((size) => `${provider} ${window} ${size}`)),
    );
    expect(names(main).sort()).toEqual(expected.sort());
  });

  test('has what is charged while it is generated, days and slots beside', () => {
    const others = new Set(matrix.filter((cell) => !main.includes(cell)).map(variantName));
    expect([...others].sort()).toEqual(
      ['concurrency', 'daily', ...tokenWindows.map((each) => `output ${each}`)].sort(),
    );
  });

  test('contains the cells of the quick run', () => {
    expect(names(matrix)).toEqual(expect.arrayContaining(names(quickCells)));
  });
});

describe('pairwiseCells', () => {
  const factors: Record<string, (cell: Cell) => string> = {
    provider: (cell) => cell.provider,
    variant: variantName,
    regions: (cell) => String(cell.regions),
    overload: (cell) => String(cell.overload),
  };
  const pairs = Object.keys(factors).flatMap((a, index) =>
    Object.keys(factors)
      .slice(index + 1)
      .map((b): [string, string] => [a, b]),
  );
  const pairsIn = (cells: readonly Cell[], a: string, b: string): Set<string> =>
    new Set(cells.map((cell) => `${factors[a]?.(cell)} ${factors[b]?.(cell)}`));
  const isMain = ({ binding }: Cell): boolean => binding === 'tokens' || binding === 'requests';

  test.each(pairs)('has every pair of %s and %s of the matrix', (a, b) => {
    expect(pairsIn(pairwiseCells.filter(isMain), a, b)).toEqual(pairsIn(matrix.filter(isMain), a, b));
  });

  test('is far smaller than the matrix', () => {
    expect(pairwiseCells.length).toBeLessThan(matrix.length / 4);
  });
});

describe('realTimeBatches', () => {
  test('runs each cell once, each on accounts of its own, and all peers with the engine beside them', () => {
    const cells = realTimeBatches(false, () => true).flat();
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
    const own = cells.filter(({ contender, id }) => contender === 'holdfast' && id !== 'beside-peers');
    expect(names(own.map(({ cell }) => cell)).sort()).toEqual(names(pairwiseCells).sort());
    const beside = cells.filter(({ id }) => !own.some((each) => each.id === id));
    expect(beside.map(({ contender }) => contender).sort()).toEqual(
      ['bottleneck', 'holdfast', 'minuteBucket', 'minuteCounter', 'reactiveRetry', 'temporalQueue'].sort(),
    );
  });

  test('keeps what runs side by side to what two processors carry', () => {
    const perSecond = realTimeBatches(false, () => true).map((batch) =>
      batch.reduce((sum, { cell, perSecond: ofRegion }) => sum + ofRegion * cell.regions, 0),
    );
    expect(Math.max(...perSecond)).toBeLessThan(150);
  });
});
