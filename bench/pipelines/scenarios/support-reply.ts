/**
 * P3: a customer waits, so what counts is how long. Questions arrive at an even pace whatever becomes of those before,
 * the models are as slow as real ones, and each caller reads along. Nobody reviews, so no reviewer is late; instead every
 * model is dead, and every model hangs.
 */
import type { RunHandle } from '../../../src/client';
import type { SupportReply, SupportReplySource } from '../../../src/contracts/pipelines/support-reply';
import { putFault } from '../faults';
import type { FaultName } from '../faults';
import { readQuestions } from '../questions';
import type { Bench, PipelineScenario } from '../scenario';
import { percentileOf, play, reportOf, tallyOf } from '../tally';
import type { PlayedRun, Tally } from '../tally';
import type { World } from '../world';

type Trouble = Exclude<FaultName, 'reviewerLate'> | 'allDead' | 'allHang';

const troubles: readonly Trouble[] = [
  'none',
  'primaryDead',
  'primaryThrottled',
  'invalidJson',
  'contentFilter',
  'allDead',
  'allHang',
];
const primary = ['openai-eastus', 'openai-westus'];
const models = [...primary, 'openai-mini', 'anthropic-main'];
/** The promise: p99, from the start call to the answer at the client. */
const longestMs = 2_000;
const askEveryMs = 200;
/** Asked while all was well, and again under the trouble: what the cached tier is for. */
const askedBefore = 10;

interface Asked {
  readonly played: PlayedRun;
  /** From the start call to the first text the caller saw. */
  readonly firstTextMs: number | undefined;
}

interface Told {
  readonly tally: Tally;
  readonly latency: Readonly<Record<'p50Ms' | 'p95Ms' | 'p99Ms' | 'firstTextP50Ms', number>>;
  readonly sources: Readonly<Partial<Record<SupportReplySource, number>>>;
  readonly failures: readonly string[];
}

export const supportReplyScenario: PipelineScenario = {
  name: 'supportReply',
  async run(bench) {
    const told = new Map<Trouble, Told>();
    for (const trouble of troubles) told.set(trouble, await playTrouble(bench, trouble));
    const each = [...told];
    return reportOf(
      this.name,
      each.map(([, { tally }]) => tally),
      {
        p99Ms: Math.max(...each.map(([, { latency }]) => latency.p99Ms)),
        latency: Object.fromEntries(each.map(([trouble, { latency }]) => [trouble, latency])),
        sources: Object.fromEntries(each.map(([trouble, { sources }]) => [trouble, sources])),
        failures: each.flatMap(([, { failures }]) => failures),
      },
    );
  },
};

async function playTrouble(bench: Bench, trouble: Trouble): Promise<Told> {
  const world = await bench.openWorld({ name: `support-${trouble}`, speed: 1 });
  await world.startWorker();
  const count = bench.isQuick ? 25 : 200;
  const questions = readQuestions(count);
  // Also what is compiled and connected with the first calls.
  const before = await askEvenly(world, 'before', questions.slice(0, askedBefore));
  await begin(world, trouble);
  const asked = await askEvenly(world, 'asked', questions);
  const played = asked.map((one) => one.played);
  const tally = await tallyOf(world, [...before.map((one) => one.played), ...played]);
  await world.close();
  const told = { tally: { ...tally, tookMs: played.map(({ tookMs }) => tookMs) }, ...toldOf(trouble, asked) };
  const { p50Ms, p95Ms, p99Ms, firstTextP50Ms } = told.latency;
  const sources = Object.entries(told.sources).map(([source, runs]) => `${source} ${runs}`);
  bench.say(
    `${trouble}: p50 ${p50Ms}, p95 ${p95Ms}, p99 ${p99Ms} ms, first text ${firstTextP50Ms} ms; ${sources.join(', ')}`,
  );
  return told;
}

async function begin({ simulator }: World, trouble: Trouble): Promise<void> {
  if (trouble === 'allDead' || trouble === 'allHang') {
    const fault = trouble === 'allDead' ? { kind: 'status', status: 503 } : { kind: 'hangBeforeHeaders' };
    for (const endpoint of models)
      await simulator.addFault({ ...fault, endpoint } as Parameters<typeof simulator.addFault>[0]);
    return;
  }
  await putFault(simulator, trouble, { primary });
}

function askEvenly(world: World, kind: string, questions: readonly string[]): Promise<Asked[]> {
  const startAt = performance.now();
  return Promise.all(
    questions.map(async (question, index) => {
      const waitMs = startAt + index * askEveryMs - performance.now();
      await new Promise((done) => setTimeout(done, Math.max(0, waitMs)));
      return ask(world, question, `${kind}-${index}`);
    }),
  );
}

async function ask({ client }: World, question: string, id: string): Promise<Asked> {
  const startedAt = performance.now();
  let reading: Promise<number | undefined> | undefined;
  const played = await play(async () => {
    const run = await client.start('supportReply', { question }, { id });
    reading = readFirst(run, startedAt);
    return run;
  });
  return { played, firstTextMs: await reading };
}

async function readFirst(run: RunHandle, startedAt: number): Promise<number | undefined> {
  let firstMs: number | undefined;
  for await (const chunk of run.stream('support.reply', { signal: AbortSignal.timeout(5_000) })) {
    if (chunk.kind === 'text') firstMs ??= performance.now() - startedAt;
  }
  return firstMs;
}

function toldOf(trouble: Trouble, asked: readonly Asked[]): Omit<Told, 'tally'> {
  const tookMs = asked.map(({ played }) => played.tookMs);
  const firstTextMs = asked.flatMap((one) => one.firstTextMs ?? []);
  const rounded = (values: readonly number[], share: number): number => Math.round(percentileOf(values, share));
  const sources: Partial<Record<SupportReplySource, number>> = {};
  const failures: string[] = [];
  for (const { played } of asked) {
    const reply = played.result as SupportReply | undefined;
    if (reply === undefined) {
      failures.push(`${trouble}: ${played.run.workflowId} failed with ${played.failure}`);
      continue;
    }
    sources[reply.source] = (sources[reply.source] ?? 0) + 1;
    if (reply.source !== 'safe' && reply.reason === 'Llm.ContentFiltered')
      failures.push(`${trouble}: ${played.run.workflowId} was refused, and then answered by ${reply.servedBy}`);
  }
  const p99Ms = rounded(tookMs, 0.99);
  if (p99Ms >= longestMs) failures.push(`${trouble}: p99 is ${p99Ms} ms, ${longestMs} allowed`);
  failures.push(...missingSources(trouble, sources));
  const latency = {
    p50Ms: rounded(tookMs, 0.5),
    p95Ms: rounded(tookMs, 0.95),
    p99Ms,
    firstTextP50Ms: rounded(firstTextMs, 0.5),
  };
  return { latency, sources, failures };
}

/** A trouble that nobody noticed has shown nothing. */
const shows: Readonly<Record<Trouble, readonly SupportReplySource[]>> = {
  none: ['model'],
  primaryDead: ['model'],
  primaryThrottled: ['model'],
  invalidJson: ['model'],
  contentFilter: ['model', 'safe'],
  allDead: ['cached', 'template'],
  allHang: ['cached', 'template'],
};

function missingSources(trouble: Trouble, sources: Told['sources']): string[] {
  return shows[trouble]
    .filter((source) => (sources[source] ?? 0) === 0)
    .map((source) => `${trouble}: no reply was of source ${source}`);
}
