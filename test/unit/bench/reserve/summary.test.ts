import type { Cell } from '../../../../bench/reserve/cells';
import { percentile, resultOf, rowOf, tableHeader, tableRow } from '../../../../bench/reserve/summary';
import type { Slice } from '../../../../bench/reserve/summary';

const cell: Cell = { endpoints: 8, live: 10_000, processes: 4, load: 'open' };

function slice(completed: number, changes: Partial<Slice> = {}): Slice {
  const server = { evalshaCalls: completed, evalshaMicroseconds: completed * 5, cpuMicroseconds: completed * 8 };
  return { durationMs: 100, completed, failed: 0, latenciesMs: [1], server, ...changes };
}

describe('percentile', () => {
  test.each([
    [[5], 0.99, 5],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4], 0.99, 4],
    [Array.from({ length: 100 }, (_, index) => index + 1), 0.99, 99],
    [[3], 0, 3],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});

describe('rowOf', () => {
  const reserveServer = { evalshaCalls: 250, evalshaMicroseconds: 25_000, cpuMicroseconds: 30_000 };
  const row = rowOf(cell, {
    get: [slice(2_000, { latenciesMs: [0.4, 0.2, 9] })],
    empty: [slice(1_000), slice(3_000)],
    reserve: [
      slice(100, { latenciesMs: [4, 2], server: reserveServer }),
      slice(300, { latenciesMs: [3, 50], server: reserveServer, failed: 2 }),
    ],
  });

  test('adds the slices up and sets them against the floors of the same cell', () => {
    expect(row).toMatchObject({
      endpoints: 8,
      live: 10_000,
      processes: 4,
      perSecond: 2_000,
      emptyScriptPerSecond: 20_000,
      getPerSecond: 20_000,
      ratioToEmptyScript: 0.1,
      failed: 2,
    });
  });

  test('takes percentiles over all calls, not per slice', () => {
    expect(row).toMatchObject({ p50AddedMs: 3, p99AddedMs: 50, p50GetMs: 0.4, p99GetMs: 9 });
  });

  test('takes the cost per call from what the server ran, not from what was answered in time', () => {
    expect(row).toMatchObject({ microsecondsPerCall: 100, cpuMicrosecondsPerCall: 120 });
    expect(row).toMatchObject({ emptyScriptCpuMicrosecondsPerCall: 8 });
  });
});

describe('resultOf', () => {
  const rowWith = (emptyScriptPerSecond: number) =>
    rowOf(cell, { get: [slice(50)], empty: [slice(emptyScriptPerSecond / 10)], reserve: [slice(10)] });
  const full: Cell = { ...cell, load: 'full' };

  test('keeps full pools apart, takes the best floor, and says what was left out', () => {
    const result = resultOf(
      [
        [cell, rowWith(4_000)],
        [full, rowWith(7_000)],
      ],
      5,
    );
    expect(result).toMatchObject({ emptyScriptPerSecond: 7_000, getPerSecond: 500, skipped: 3 });
    expect(result.pools.map((row) => row.emptyScriptPerSecond)).toEqual([4_000]);
    expect(result.saturated.map((row) => row.emptyScriptPerSecond)).toEqual([7_000]);
  });

  test('the table has its columns below their names', () => {
    const row = tableRow(full, rowWith(4_000));
    expect(row).toMatch(/^ *8 full +10000 +4 +100 +0\.025 /);
    expect(row).toHaveLength(tableHeader.length);
  });
});
