/** All cells, pool by pool, each pool under keys of its own. */
import { cellsOf, inFlight, poolsOf } from './cells';
import type { Cell } from './cells';
import { measureCell } from './measure-cell';
import type { Bench } from './measure-cell';
import type { BenchOptions } from './options';
import { resultOf, rowOf, tableHeader, tableRow } from './summary';
import type { BenchResult, PoolRow } from './summary';

export interface RunOptions {
  readonly options: BenchOptions;
  /** Client processes that were started. */
  readonly processes: number;
  /** Progress, for people. */
  say(line: string): void;
}

export async function runBench(bench: Bench, { options, processes, say }: RunOptions): Promise<BenchResult> {
  const cells = cellsOf(options.cells);
  const endAt = performance.now() + options.maxSeconds * 1000;
  const isTimeOver = (): boolean => performance.now() > endAt;
  const measured: [Cell, PoolRow][] = [];
  say(tableHeader);
  for (const pool of poolsOf(cells)) {
    if (isTimeOver()) break;
    await openPool(bench, processes, pool[0] as Cell);
    let live = 0;
    for (const cell of pool) {
      if (isTimeOver()) break;
      await fillTo({ bench, processes, from: live, to: cell.live });
      live = cell.live;
      const row = rowOf(cell, await measureCell(bench, cell, options.seconds));
      measured.push([cell, row]);
      say(tableRow(cell, row));
    }
  }
  const result = resultOf(measured, cells.length);
  if (result.skipped > 0) say(`${result.skipped} cells were left out: ${options.maxSeconds} s were over`);
  return result;
}

async function openPool({ clients, redis }: Bench, processes: number, { endpoints, load }: Cell): Promise<void> {
  // FLUSHALL keeps the scripts; a new prefix keeps the stores from taking it for a loss of state.
  await redis.flushall('ASYNC');
  const keyPrefix = `bench-${endpoints}-${load}:`;
  await clients.tell(processes, () => ({ kind: 'open', keyPrefix, pool: { endpoints, load } }));
}

interface Fill {
  readonly bench: Bench;
  readonly processes: number;
  readonly from: number;
  readonly to: number;
}

async function fillTo({ bench, processes, from, to }: Fill): Promise<void> {
  if (to <= from) return;
  const boundary = (index: number): number => from + Math.floor(((to - from) * index) / processes);
  await bench.clients.tell(processes, (index) => ({
    kind: 'fill',
    from: boundary(index),
    to: boundary(index + 1),
    inFlight: inFlight / processes,
  }));
}
