/** From the runs that were played to the figures of a report. */
import type { RunStatus } from '../../src/contracts/status';
import type { Settings } from '../../src/contracts/settings';
import { HoldfastError } from '../../src/errors';
import type { RunHandle } from '../../src/client';
import { isPaid, readAttempts } from './paid-calls';
import type { PipelineReport } from './scenario';
import type { World } from './world';

/** One run, followed to its end. */
export interface PlayedRun {
  readonly run: RunHandle;
  /** From the start call to the end at the client. */
  readonly tookMs: number;
  /** What it ended with; absent when it failed. */
  readonly result?: unknown;
  /** Failure type it ended with. */
  readonly failure?: string;
}

/** What some runs of one world come to. */
export interface Tally {
  readonly runs: number;
  readonly degraded: number;
  readonly servedByTier: Readonly<Record<string, number>>;
  readonly paidCalls: number;
  readonly ledgerCalls: number;
  readonly costUsd: number;
  readonly tookMs: readonly number[];
  readonly failures: readonly string[];
}

/** Plays one run to its end: `start` starts it and does what its people do. */
export async function play(start: () => Promise<RunHandle>): Promise<PlayedRun> {
  const startedAt = performance.now();
  const run = await start();
  const ended = await run.result().then(
    (result) => ({ result }),
    (error: unknown) => ({ failure: failureTypeOf(error) }),
  );
  return { run, tookMs: performance.now() - startedAt, ...ended };
}

function failureTypeOf(error: unknown): string {
  if (!(error instanceof HoldfastError)) throw error;
  const { failure } = error.details;
  return typeof failure === 'string' ? failure : error.type;
}

/** Needs a worker of the world to be there still: it is asked what became of the steps. */
export async function tallyOf(world: World, played: readonly PlayedRun[]): Promise<Tally> {
  const servedByTier: Record<string, number> = {};
  let degraded = 0;
  let paidCalls = 0;
  let costUsd = 0;
  for (const { run } of played) {
    const status = await run.status();
    degraded += status.steps.some((step) => step.degraded === true) ? 1 : 0;
    for (const tier of servedTiers(world.settings, status)) servedByTier[tier] = (servedByTier[tier] ?? 0) + 1;
    const paid = (await readAttempts(world.temporal, run.workflowId)).filter(isPaid);
    paidCalls += paid.length;
    costUsd += paid.reduce((sum, attempt) => sum + (attempt.costUsd ?? 0), 0);
  }
  const ledgerCalls = (await world.simulator.ledger()).filter(({ billed }) => billed).length;
  const failures =
    paidCalls === ledgerCalls
      ? []
      : [`${world.name}: the runs paid for ${paidCalls} calls, the ledger bills ${ledgerCalls}`];
  const tookMs = played.map((one) => one.tookMs);
  return { runs: played.length, degraded, servedByTier, paidCalls, ledgerCalls, costUsd, tookMs, failures };
}

function servedTiers({ steps: settings }: Settings, { steps }: RunStatus): string[] {
  return steps.flatMap(({ step, state, tier, endpoint = '' }) => {
    if (state !== 'completed') return [];
    const planned = settings[step]?.tiers[tier];
    // A default, or what an operator said, stands in for the last tier under a name of its own.
    if (planned === undefined || ['default', 'skipped'].includes(endpoint)) return [endpoint];
    return [tierNameOf(planned)];
  });
}

function tierNameOf(tier: Settings['steps'][string]['tiers'][number]): string {
  if ('pool' in tier) return tier.pool;
  return Object.keys(tier)[0] ?? 'unknown';
}

/** One report of all tallies of a pipeline. `failures`: what the scenario itself found. */
export function reportOf(
  name: string,
  tallies: readonly Tally[],
  { failures: found, ...figures }: { readonly failures: readonly string[]; readonly [figure: string]: unknown },
): PipelineReport {
  const failures = [...tallies.flatMap((tally) => tally.failures), ...found];
  const sumOf = (figure: 'runs' | 'degraded' | 'paidCalls' | 'ledgerCalls' | 'costUsd'): number =>
    tallies.reduce((sum, tally) => sum + tally[figure], 0);
  return {
    name,
    status: failures.length === 0 ? 'passed' : 'failed',
    runs: sumOf('runs'),
    degraded: sumOf('degraded'),
    servedByTier: addCounts(tallies.map((tally) => tally.servedByTier)),
    paidCalls: sumOf('paidCalls'),
    ledgerCalls: sumOf('ledgerCalls'),
    costUsd: Number(sumOf('costUsd').toFixed(4)),
    p95Ms: Math.round(
      percentileOf(
        tallies.flatMap(({ tookMs }) => tookMs),
        0.95,
      ),
    ),
    ...figures,
    failures,
  };
}

function addCounts(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const counts of all) for (const [key, count] of Object.entries(counts)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

/** Nearest rank; NaN of nothing. */
export function percentileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
