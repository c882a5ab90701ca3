/** The three parts of the benchmark, one after the other, and their result. */
import { peerNames } from './clients/peers';
import type { PeerName } from './clients/peers';
import { variantRow, violationsOf } from './judge';
import type { VariantRow } from './judge';
import { cellName, matrix, quickCells } from './matrix';
import type { Cell } from './matrix';
import type { BenchOptions } from './options';
import { oracleViolations, peerRows } from './peer-rows';
import type { PeerRow } from './peer-rows';
import type { BenchProcess } from './processes';
import { realTimeBatches } from './real-time/cells';
import { realTimeRow, realTimeViolations } from './real-time/rows';
import type { RealTimeRow } from './real-time/rows';
import { runBatch } from './real-time/run-real-time';
import type { ProcessHealth, RealTimeOptions } from './real-time/run-real-time';
import { peerLine, realTimeLine, variantHeader, variantLine } from './table';
import { runMatrix } from './virtual/run-matrix';
import type { Job, Ran } from './virtual/run-matrix';

export interface Bench {
  readonly options: BenchOptions;
  readonly processes: readonly BenchProcess[];
  readonly redisUrl: string;
  /** Starts what only the real-time part needs. */
  openRealTime(): Promise<Pick<RealTimeOptions, 'simulatorUrl' | 'temporal'>>;
  /** Progress, for people. */
  say(line: string): void;
}

export interface BenchResult {
  readonly seeds: number;
  readonly variants: readonly VariantRow[];
  readonly realTime: readonly RealTimeRow[];
  readonly realTimeProcesses: readonly ProcessHealth[];
  readonly peers: readonly PeerRow[];
  readonly violations: readonly string[];
}

/** Peers know nothing of what is charged while it is generated, of days and of slots. */
const peerBindings: readonly Cell['binding'][] = ['tokens', 'requests'];

export async function runBench(bench: Bench): Promise<BenchResult> {
  const { parts, seeds } = bench.options;
  const own = parts.includes('virtual') ? await measureVariants(bench) : { variants: [], violations: [] };
  const peers = parts.includes('peers') ? await measurePeers(bench) : { peers: [], violations: [] };
  const real = parts.includes('realTime')
    ? await measureRealTime(bench)
    : { realTime: [], realTimeProcesses: [], violations: [] };
  const violations = [...own.violations, ...peers.violations, ...real.violations];
  return { seeds: seeds.length, ...own, ...real, ...peers, violations };
}

function isWanted({ options }: Bench, cell: Cell): boolean {
  return options.only.every((word) => ` ${cellName(cell)} `.includes(` ${word} `));
}

function virtualCells(bench: Bench): readonly Cell[] {
  return (bench.options.isQuick ? quickCells : matrix).filter((cell) => isWanted(bench, cell));
}

async function measureVariants(bench: Bench): Promise<Pick<BenchResult, 'variants' | 'violations'>> {
  const { options, processes, redisUrl, say } = bench;
  const cells = virtualCells(bench);
  const jobs = cells.flatMap((cell) => options.seeds.map((seed): Job => ({ cell, seed, contender: 'holdfast' })));
  say(`virtual time: ${cells.length} cells, ${options.seeds.length} seeds`);
  say(variantHeader);
  const variants: VariantRow[] = [];
  const violations: string[] = [];
  const ran: Ran[] = [];
  const report = (run: Ran): void => {
    ran.push(run);
    const same = ran.filter(({ job }) => job.cell === run.job.cell);
    if (same.length < options.seeds.length) return;
    const measured = { cell: run.job.cell, perSecond: run.perSecond, runs: same.map(({ result }) => result) };
    const row = variantRow(measured);
    variants[cells.indexOf(run.job.cell)] = row;
    violations.push(...violationsOf(measured, row));
    say(variantLine(row));
  };
  await runMatrix(jobs, { processes, redisUrl, onRan: report });
  return { variants, violations };
}

/** One seed: what they are refused is not a matter of luck. */
async function measurePeers(bench: Bench): Promise<Pick<BenchResult, 'peers' | 'violations'>> {
  const { options, processes, redisUrl, say } = bench;
  const cells = virtualCells(bench).filter(({ binding }) => peerBindings.includes(binding));
  const [seed = 1] = options.seeds;
  const jobs = peerNames.flatMap((contender) => cells.map((cell): Job => ({ cell, seed, contender })));
  say(`peers in virtual time: ${cells.length} cells each`);
  const ran = await runMatrix(jobs, { processes, redisUrl, onRan: () => undefined });
  const peers = peerRows(
    ran.map(({ job, result }) => ({ peer: job.contender as PeerName, cell: job.cell, run: result })),
  );
  for (const row of peers) say(peerLine(row));
  // A few cells of choice may well include none that a peer is refused in.
  return { peers, violations: options.only.length > 0 ? [] : oracleViolations(peers) };
}

const periods = {
  full: { warmUpMs: 90_000, measuredMs: 300_000 },
  quick: { warmUpMs: 20_000, measuredMs: 60_000 },
} as const;

async function measureRealTime(
  bench: Bench,
): Promise<Pick<BenchResult, 'realTime' | 'realTimeProcesses' | 'violations'>> {
  const { options, processes, redisUrl, say } = bench;
  const services = await bench.openRealTime();
  const realTime: RealTimeRow[] = [];
  const realTimeProcesses: ProcessHealth[] = [];
  const violations: string[] = [];
  const batches = realTimeBatches(options.isQuick, (cell) => isWanted(bench, cell));
  for (const [index, cells] of batches.entries()) {
    say(`real time: batch ${index + 1} of ${batches.length}, ${cells.length} cells`);
    const period = periods[options.isQuick ? 'quick' : 'full'];
    const { runs, health } = await runBatch(cells, { ...services, processes, redisUrl, ...period });
    for (const run of runs) {
      const row = realTimeRow(run);
      realTime.push(row);
      violations.push(...realTimeViolations(run, row));
      say(realTimeLine(row));
    }
    realTimeProcesses.push(...health);
    for (const each of health) {
      say(
        `event loop p99 ${each.eventLoopP99Ms} ms late, max ${each.eventLoopMaxMs} ms; processor ${each.processorShare}`,
      );
    }
  }
  return { realTime, realTimeProcesses, violations };
}
