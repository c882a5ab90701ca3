/** From slices to the rows of the result. */
import type { Cell } from './cells';
import type { ServerStatistics } from './server-statistics';

/** What one kind of call did within one slice of time, over all processes. */
export interface Slice {
  readonly durationMs: number;
  /** Calls answered before the slice was over. */
  readonly completed: number;
  readonly failed: number;
  /** As the caller saw it, of every call that was answered. */
  readonly latenciesMs: readonly number[];
  readonly server: ServerStatistics;
}

/** Slices of the three calls took turns, so that what else the machine does meets all of them alike. */
export interface CellSlices {
  readonly get: readonly Slice[];
  readonly empty: readonly Slice[];
  readonly reserve: readonly Slice[];
}

export interface PoolRow {
  readonly endpoints: number;
  readonly live: number;
  readonly processes: number;
  readonly perSecond: number;
  /** Against the empty script of the same cell: same processes, same calls under way, same minute. */
  readonly ratioToEmptyScript: number;
  /** Of the whole `reserve`, as its caller waits for it, with all calls of the cell under way. */
  readonly p50AddedMs: number;
  readonly p99AddedMs: number;
  /** Inside Redis, by INFO commandstats: wall time. */
  readonly microsecondsPerCall: number;
  /** Processor time of the server per call, network included; what the machine does beside does not count. */
  readonly cpuMicrosecondsPerCall: number;
  readonly emptyScriptPerSecond: number;
  readonly emptyScriptCpuMicrosecondsPerCall: number;
  readonly getPerSecond: number;
  readonly p50GetMs: number;
  readonly p99GetMs: number;
  /** Calls Redis did not answer in time (200 ms, twice). */
  readonly failed: number;
}

export function rowOf(cell: Cell, { get, empty, reserve }: CellSlices): PoolRow {
  const [gets, empties, reserves] = [get, empty, reserve].map(totalOf) as [Total, Total, Total];
  return {
    endpoints: cell.endpoints,
    live: cell.live,
    processes: cell.processes,
    perSecond: Math.round(reserves.perSecond),
    ratioToEmptyScript: round(reserves.perSecond / empties.perSecond, 3),
    p50AddedMs: round(percentile(reserves.latenciesMs, 0.5), 2),
    p99AddedMs: round(percentile(reserves.latenciesMs, 0.99), 2),
    microsecondsPerCall: round(reserves.microsecondsPerCall, 1),
    cpuMicrosecondsPerCall: round(reserves.cpuMicrosecondsPerCall, 1),
    emptyScriptPerSecond: Math.round(empties.perSecond),
    emptyScriptCpuMicrosecondsPerCall: round(empties.cpuMicrosecondsPerCall, 1),
    getPerSecond: Math.round(gets.perSecond),
    p50GetMs: round(percentile(gets.latenciesMs, 0.5), 2),
    p99GetMs: round(percentile(gets.latenciesMs, 0.99), 2),
    failed: reserves.failed,
  };
}

interface Total {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  readonly microsecondsPerCall: number;
  readonly cpuMicrosecondsPerCall: number;
  readonly failed: number;
}

function totalOf(slices: readonly Slice[]): Total {
  const sum = (value: (slice: Slice) => number): number => slices.reduce((total, slice) => total + value(slice), 0);
  const calls = sum(({ server }) => server.evalshaCalls);
  return {
    perSecond: sum(({ completed }) => completed) / (sum(({ durationMs }) => durationMs) / 1000),
    latenciesMs: slices.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b),
    microsecondsPerCall: sum(({ server }) => server.evalshaMicroseconds) / calls,
    cpuMicrosecondsPerCall: sum(({ server }) => server.cpuMicroseconds) / calls,
    failed: sum(({ failed }) => failed),
  };
}

/** The smallest value that at least this share of the values does not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

export interface BenchResult {
  /** Best cell of the run; each row has its own. */
  readonly emptyScriptPerSecond: number;
  readonly getPerSecond: number;
  readonly pools: readonly PoolRow[];
  /** The same on pools that are booked as far ahead as their callers wait. */
  readonly saturated: readonly PoolRow[];
  /** Cells left out because the time was over. */
  readonly skipped: number;
}

export function resultOf(measured: readonly (readonly [Cell, PoolRow])[], cells: number): BenchResult {
  const rows = measured.map(([, row]) => row);
  const rowsOf = (load: Cell['load']): PoolRow[] => measured.filter(([c]) => c.load === load).map(([, row]) => row);
  return {
    emptyScriptPerSecond: Math.max(0, ...rows.map((row) => row.emptyScriptPerSecond)),
    getPerSecond: Math.max(0, ...rows.map((row) => row.getPerSecond)),
    pools: rowsOf('open'),
    saturated: rowsOf('full'),
    skipped: cells - measured.length,
  };
}

const header = ['pool', 'live', 'processes', 'per second', 'of empty', 'p50 ms', 'p99 ms', 'µs/call', 'cpu µs/call'];
const widths = [8, 8, 10, 11, 9, 8, 8, 8, 12];

export const tableHeader = lineOf(header);

export function tableRow(cell: Cell, row: PoolRow): string {
  return lineOf([
    `${cell.endpoints}${cell.load === 'full' ? ' full' : ''}`,
    row.live,
    row.processes,
    row.perSecond,
    row.ratioToEmptyScript.toFixed(3),
    row.p50AddedMs.toFixed(2),
    row.p99AddedMs.toFixed(2),
    row.microsecondsPerCall.toFixed(1),
    row.cpuMicrosecondsPerCall.toFixed(1),
  ]);
}

function lineOf(columns: readonly (string | number)[]): string {
  return columns.map((column, i) => String(column).padStart(widths[i] ?? 0)).join(' ');
}
