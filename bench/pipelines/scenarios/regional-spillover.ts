/**
 * P5: one model in three regions. In the middle third of the run the provider cuts the quota of the first to a twentieth
 * without telling anybody, and gives it back. Its minute goes on counting what was asked before, so each third takes a
 * minute; a quick run has no time for that, and answers 429 to everything instead. Runs arrive at an even pace whatever
 * becomes of those before. The faults that every pipeline meets are played afterwards, each by itself, shortly.
 */
import type { RegionalAnswer } from '../../../src/contracts/pipelines/regional-spillover';
import type { LedgerEntry } from '../../../src/simulator';
import { putFault } from '../faults';
import type { FaultName } from '../faults';
import { readQuestions } from '../questions';
import type { Bench, PipelineReport, PipelineScenario } from '../scenario';
import { play, reportOf, tallyOf } from '../tally';
import type { PlayedRun, Tally } from '../tally';
import type { World } from '../world';

export const regions = ['azure-eastus', 'azure-eastus2', 'azure-westus'] as const;
type Region = (typeof regions)[number];
const [primary] = regions;

const startEveryMs = 500;
/** Of the primary's quota, while it is throttled. */
const cutTo = 1 / 20;
const faults: readonly FaultName[] = ['primaryDead', 'primaryThrottled', 'invalidJson', 'contentFilter'];
/** A refusal goes to no other region and to no other model, so a run may end with it; nothing else may end one. */
const refusal = 'Llm.ContentFiltered';

/** What each region answered and turned away in `sliceSeconds`. */
export interface Slice {
  /** Of its beginning, from the first start. */
  readonly atSeconds: number;
  readonly answered: Readonly<Record<Region, number>>;
  readonly rejected: number;
}

/** The run with its throttled third, for the picture: see scripts/draw-spillover.mjs. */
export interface Spillover {
  readonly seconds: number;
  readonly sliceSeconds: number;
  /** From when to when, from the first start. */
  readonly throttledSeconds: readonly [number, number];
  readonly runs: number;
  readonly completed: number;
  /** Share of the primary before, while and after it was throttled. */
  readonly primaryShare: readonly [number, number, number];
  /** 429s the primary answered in the throttled third. */
  readonly rejected: number;
  readonly slices: readonly Slice[];
}

export const regionalSpilloverScenario: PipelineScenario = {
  name: 'regionalSpillover',
  async run(bench): Promise<PipelineReport> {
    const { tally, spillover, failures } = await playThrottledThird(bench);
    const tallies = [tally];
    for (const fault of faults) {
      const shown = await playFault(bench, fault);
      tallies.push(shown.tally);
      failures.push(...shown.failures);
    }
    return reportOf(this.name, tallies, { spillover, failures });
  },
};

async function playThrottledThird(bench: Bench): Promise<{ tally: Tally; spillover: Spillover; failures: string[] }> {
  const thirdMs = bench.isQuick ? 9_000 : 60_000;
  const throttling = bench.isQuick ? throttleByFault : throttleByQuota;
  const world = await bench.openWorld({ name: 'regional', quotaFactor: 1, speed: 1 });
  await world.startWorker();
  const starting = startEvenly(world, (thirdMs * 3) / startEveryMs);
  const startedAt = Date.now();
  const marks: number[] = [];
  for (const throttled of [true, false]) {
    await pauseUntil(startedAt + thirdMs * (marks.length + 1));
    marks.push((Date.now() - startedAt) / 1_000);
    await throttling(world, throttled);
  }
  const played = await starting;
  const tally = await tallyOf(world, played);
  const ledger = await world.simulator.ledger();
  await world.close();
  const spillover = spilloverOf({ played, ledger, startedAt, thirdMs, marks });
  const { primaryShare, rejected, completed, runs } = spillover;
  bench.say(
    `throttled: ${completed} of ${runs} runs completed; share of ${primary} ${primaryShare.join(', ')}; ${rejected} 429s`,
  );
  return { tally, spillover, failures: problemsOf(spillover, played) };
}

function startEvenly(world: World, count: number): Promise<PlayedRun[]> {
  const startedAt = Date.now();
  return Promise.all(
    readQuestions(count).map(async (question, index) => {
      await pauseUntil(startedAt + index * startEveryMs);
      return play(() => world.client.start('regionalSpillover', { question }, { id: `run-${index}` }));
    }),
  );
}

/** Nobody is told: the quota in the config stays what it was. */
async function throttleByQuota({ simulator, settings }: World, throttled: boolean): Promise<void> {
  const known = (await simulator.endpoints()).find(({ name }) => name === primary);
  const { rpm = 0, tpm = 0, concurrency = 0 } = settings.endpoints[primary]?.limits ?? {};
  if (known === undefined) throw new Error(`the simulator has no ${primary}`);
  const { name, ...endpoint } = known;
  const share = throttled ? cutTo : 1;
  const limits = { ...endpoint.limits, rpm: rpm * share, tpm: tpm * share, concurrency };
  await simulator.putEndpoint(name, { ...endpoint, limits });
}

async function throttleByFault({ simulator }: World, throttled: boolean): Promise<void> {
  if (throttled) await simulator.addFault({ kind: 'rateLimit', endpoint: primary, retryInMs: 2_000 });
  else await simulator.clearFaults();
}

interface Recorded {
  readonly played: readonly PlayedRun[];
  readonly ledger: readonly LedgerEntry[];
  readonly startedAt: number;
  readonly thirdMs: number;
  readonly marks: readonly number[];
}

function spilloverOf({ played, ledger, startedAt, thirdMs, marks }: Recorded): Spillover {
  const seconds = (thirdMs * 3) / 1_000;
  const sliceSeconds = thirdMs / 20_000;
  const [from = 0, to = 0] = marks;
  const timed = ledger.map((entry) => ({ ...entry, atSeconds: (entry.receivedAt - startedAt) / 1_000 }));
  const between = (begin: number, end: number) =>
    timed.filter(({ atSeconds }) => atSeconds >= begin && atSeconds < end);
  const slices = Array.from({ length: Math.round(seconds / sliceSeconds) }, (_, index): Slice => {
    const atSeconds = index * sliceSeconds;
    const entries = between(atSeconds, atSeconds + sliceSeconds);
    return { atSeconds, answered: answeredIn(entries), rejected: rejectedIn(entries) };
  });
  return {
    seconds,
    sliceSeconds,
    throttledSeconds: [Math.round(from), Math.round(to)],
    runs: played.length,
    completed: played.filter(({ failure }) => failure === undefined).length,
    primaryShare: [shareIn(between(0, from)), shareIn(between(from, to)), shareIn(between(to, seconds))],
    rejected: rejectedIn(between(from, to)),
    slices,
  };
}

function answeredIn(entries: readonly LedgerEntry[]): Record<Region, number> {
  const countOf = (region: Region): [Region, number] => [
    region,
    entries.filter(({ endpoint, outcome }) => endpoint === region && outcome === 'answered').length,
  ];
  return Object.fromEntries(regions.map(countOf)) as Record<Region, number>;
}

function rejectedIn(entries: readonly LedgerEntry[]): number {
  return entries.filter(({ endpoint, status }) => endpoint === primary && status === 429).length;
}

function shareIn(entries: readonly LedgerEntry[]): number {
  const answered = answeredIn(entries);
  const all = regions.reduce((sum, region) => sum + answered[region], 0);
  return Number((answered[primary] / all).toFixed(2));
}

function problemsOf({ primaryShare, runs, completed }: Spillover, played: readonly PlayedRun[]): string[] {
  const [before, during, after] = primaryShare;
  const elsewhere = played.filter(({ result }) => (result as RegionalAnswer | undefined)?.degraded === true).length;
  return [
    ...(completed === runs ? [] : [`throttled: ${runs - completed} of ${runs} runs did not complete`]),
    ...(elsewhere === 0 ? [] : [`throttled: ${elsewhere} runs needed another pool than the regional one`]),
    ...(during < before / 2 ? [] : [`throttled: traffic did not move: share ${before}, then ${during}`]),
    ...(after > before / 2 ? [] : [`throttled: traffic did not come back: share ${before}, then ${after}`]),
  ];
}

async function playFault(bench: Bench, fault: FaultName): Promise<{ tally: Tally; failures: string[] }> {
  const world = await bench.openWorld({ name: `regional-${fault}`, speed: 10 });
  await world.startWorker();
  await putFault(world.simulator, fault, { primary: [primary] });
  const questions = readQuestions(bench.isQuick ? 10 : 40);
  const played = await Promise.all(
    questions.map((question, index) =>
      play(() => world.client.start('regionalSpillover', { question }, { id: `${fault}-${index}` })),
    ),
  );
  const tally = await tallyOf(world, played);
  await world.close();
  const allowed = fault === 'contentFilter' ? refusal : undefined;
  const failures = played
    .filter(({ failure }) => failure !== undefined && failure !== allowed)
    .map(({ run, failure }) => `${fault}: ${run.workflowId} ended with ${failure}`);
  bench.say(`${fault}: ${tally.runs} runs, ${tally.degraded} degraded, ${tally.ledgerCalls} calls`);
  return { tally, failures };
}

function pauseUntil(at: number): Promise<void> {
  return new Promise((done) => setTimeout(done, Math.max(0, at - Date.now())));
}
