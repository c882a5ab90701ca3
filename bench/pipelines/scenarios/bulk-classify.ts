/**
 * P4: a list of two thousand questions in the batch lane, beside customers who wait and ask the same pool, with a worker
 * killed on the way; then shorter lists under every fault. Nobody reviews, so no reviewer is late.
 */
import type { BulkItem, BulkSummary } from '../../../src/contracts/pipelines/bulk-classify';
import { listQuestions, strayItems } from '../bulk-classify/items';
import type { Strays } from '../bulk-classify/items';
import { askCustomers } from '../bulk-classify/customers';
import type { Asked } from '../bulk-classify/customers';
import { sharedPoolConfig } from '../bulk-classify/shared-pool';
import { watchProgress } from '../bulk-classify/watch-progress';
import { putFault } from '../faults';
import type { FaultName } from '../faults';
import { isPaid, readAttempts } from '../paid-calls';
import type { Bench, PipelineScenario } from '../scenario';
import { percentileOf, play, reportOf } from '../tally';
import type { PlayedRun, Tally } from '../tally';
import type { World } from '../world';

type Trouble = Exclude<FaultName, 'none' | 'reviewerLate'>;

const troubles: readonly Trouble[] = ['primaryDead', 'primaryThrottled', 'invalidJson', 'contentFilter'];
const primary = ['openai-mini'];
/** How long a customer may wait for a place behind the list. */
const longestWaitMs = 1_000;
/** From the end of an answer until the journal has it. */
const keptWithinMs = 2_000;
const tierNames = ['mini', 'smart', 'claude'];

interface Told {
  readonly tally: Tally;
  readonly failures: readonly string[];
  readonly figures: Readonly<Record<string, unknown>>;
}

export const bulkClassifyScenario: PipelineScenario = {
  name: 'bulkClassify',
  async run(bench) {
    const long = await playLongList(bench);
    const short: Told[] = [];
    for (const trouble of troubles) short.push(await playTrouble(bench, trouble));
    const all = [long, ...short];
    return reportOf(
      this.name,
      all.map(({ tally }) => tally),
      {
        ...long.figures,
        troubles: Object.fromEntries(short.map(({ figures }, index) => [troubles[index], figures])),
        failures: all.flatMap(({ failures }) => failures),
      },
    );
  },
};

/** The pool is full of the list, customers come in between, and one of two workers dies after a third of it. */
async function playLongList(bench: Bench): Promise<Told> {
  const items = await listQuestions(bench.isQuick ? 200 : 2_002);
  // Small enough for the list to fill it, large enough to be through within minutes.
  const quotaFactor = bench.isQuick ? 2 : 4;
  const environment = { HOLDFAST_CONFIG: sharedPoolConfig(quotaFactor) };
  const world = await bench.openWorld({ name: 'bulk-long', quotaFactor, speed: 1, environment });
  const victim = await world.startWorker();
  await world.startWorker();
  let killedAtMs = Number.POSITIVE_INFINITY;
  const kill = (): void => {
    victim.kill('SIGKILL');
    killedAtMs = Date.now();
    bench.say('a worker was killed');
  };
  const customers = askCustomers(world);
  let watching: Promise<readonly string[]> = Promise.resolve(['long: nobody watched']);
  const played = await play(async () => {
    const run = await world.client.start('bulkClassify', { items, concurrency: 64 }, { id: 'long' });
    watching = watchProgress(run, items.length, kill);
    return run;
  });
  const asked = await customers.stop();
  const inFlight = await callsInFlight(world, killedAtMs);
  const tally = await tallyOf(world, [played, ...asked.runs], { lostInFlight: inFlight });
  const progress = await watching;
  const told = await toldOfLong({ played, items, asked, tally, progress, inFlight });
  await world.close();
  bench.say(`none: ${JSON.stringify(told.figures)}`);
  return told;
}

interface LongList {
  readonly played: PlayedRun;
  readonly items: readonly BulkItem[];
  readonly asked: Asked;
  readonly tally: Tally;
  /** What was wrong with the progress. */
  readonly progress: readonly string[];
  readonly inFlight: number;
}

/** Calls that had not ended, or whose answer may not have been kept yet, when a worker was killed. */
async function callsInFlight(world: World, killedAtMs: number): Promise<number> {
  const calls = await world.simulator.ledger();
  const isAround = (receivedAt: number, endedAt = killedAtMs): boolean =>
    receivedAt <= killedAtMs && endedAt >= killedAtMs - keptWithinMs;
  return calls.filter(({ receivedAt, endedAt }) => isAround(receivedAt, endedAt)).length;
}

async function toldOfLong({ played, items, asked, tally, progress, inFlight }: LongList): Promise<Told> {
  const summary = played.result as BulkSummary | undefined;
  const strays = await strayItems(items, summary?.results?.path);
  const customerWaitP95Ms = Math.round(percentileOf(asked.waitsMs, 0.95));
  const figures = {
    items: items.length,
    classified: summary?.classified,
    accuracy: summary?.accuracy?.share,
    ...strays,
    paidBeyond: tally.ledgerCalls - tally.paidCalls,
    kills: 1,
    inFlight,
    itemsPerMinute: Math.round((items.length * 60_000) / played.tookMs),
    customers: asked.runs.length,
    customerWaitP95Ms,
    customerWaitMaxMs: Math.round(Math.max(...asked.waitsMs)),
  };
  const failures = [
    ...(summary?.classified === items.length ? [] : [`long: ended with ${endOf(played)}`]),
    ...strayFailures('long', strays),
    ...(customerWaitP95Ms <= longestWaitMs ? [] : [`long: customers waited ${customerWaitP95Ms} ms at p95`]),
    ...progress,
    ...asked.failures,
  ];
  return { tally: { ...tally, tookMs: [played.tookMs] }, failures, figures };
}

function endOf({ failure, result }: PlayedRun): string {
  return failure ?? JSON.stringify(result);
}

function strayFailures(name: string, { lost, doubled }: Strays): string[] {
  return lost + doubled === 0 ? [] : [`${name}: ${lost} items lost, ${doubled} doubled`];
}

async function playTrouble(bench: Bench, trouble: Trouble): Promise<Told> {
  const items = await listQuestions(bench.isQuick ? 40 : 200);
  const world = await bench.openWorld({ name: `bulk-${trouble}` });
  await world.startWorker();
  await putFault(world.simulator, trouble, { primary });
  const input = { items, concurrency: 32, tolerate: '60%' };
  const played = await play(() => world.client.start('bulkClassify', input, { id: trouble }));
  const summary = played.result as BulkSummary | undefined;
  const strays = await strayItems(items, summary?.results?.path);
  const tally = await tallyOf(world, [played], { lostInFlight: 0 });
  await world.close();
  const { classified = 0, failed = 0, servedByTier = {}, failures: types = {} } = summary ?? {};
  const figures = { classified, failures: types, servedByTier, seconds: Math.round(played.tookMs / 1_000) };
  bench.say(`${trouble}: ${JSON.stringify(figures)}`);
  // A refusal goes to no other model; whatever else happens, somebody answers.
  const isTyped = Object.keys(types).every((type) => trouble === 'contentFilter' && type === 'Llm.ContentFiltered');
  const hasEnded = classified + failed === items.length && isTyped;
  const failures = [
    ...(hasEnded ? [] : [`${trouble}: ended with ${endOf(played)}`]),
    ...strayFailures(trouble, strays),
  ];
  return { tally, failures, figures };
}

/** Of lists, whose steps are in children, and of customers. What a killed worker was told by the provider died with it. */
async function tallyOf(
  world: World,
  played: readonly PlayedRun[],
  { lostInFlight }: { readonly lostInFlight: number },
): Promise<Tally> {
  const paid = (await Promise.all(played.map(({ run }) => readAttempts(world.temporal, run.workflowId))))
    .flat()
    .filter(isPaid);
  const ledgerCalls = (await world.simulator.ledger()).filter(({ billed }) => billed).length;
  const beyond = ledgerCalls - paid.length;
  const summaries = played.flatMap(({ result }) => (isSummary(result) ? [result] : []));
  const servedByTier: Record<string, number> = {};
  for (const summary of summaries) {
    for (const [tier, items] of Object.entries(summary.servedByTier)) {
      const name = tierNames[Number(tier)] ?? tier;
      servedByTier[name] = (servedByTier[name] ?? 0) + items;
    }
  }
  return {
    runs: played.length,
    degraded: summaries.filter(({ degraded }) => degraded > 0).length,
    servedByTier,
    paidCalls: paid.length,
    ledgerCalls,
    costUsd: paid.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0),
    tookMs: played.map(({ tookMs }) => tookMs),
    failures:
      beyond >= 0 && beyond <= lostInFlight
        ? []
        : [
            `${world.name}: paid for ${paid.length} calls, billed ${ledgerCalls}, ${lostInFlight} were in flight when a worker was killed`,
          ],
  };
}

function isSummary(result: unknown): result is BulkSummary {
  return typeof result === 'object' && result !== null && 'classified' in result;
}
