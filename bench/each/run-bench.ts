/** One list, and workers that die on the way. */
import type { Client } from '@temporalio/client';
import type { HoldfastClient, RunHandle } from '../../src/client';
import { statusQueryName } from '../../src/contracts/names';
import type { RunStatus } from '../../src/contracts/status';
import type { BenchOptions } from './options';
import type { World, WorkerProcess } from './world';

export interface Ran {
  readonly run: RunHandle;
  readonly results: readonly unknown[];
  readonly seconds: number;
  readonly kills: number;
  /** Of the worker that was there from the beginning to the end: once a second, after the first tenth of the list. */
  readonly rssBytes: readonly number[];
}

interface Running {
  readonly world: World;
  readonly client: HoldfastClient;
  /** Temporal's own, for looking on. */
  readonly temporal: Client;
  readonly options: BenchOptions;
  /** Progress, for people. */
  say(line: string): void;
}

const workers = 3;
/** Some nineteen a second, 0.6 s each: two workers of three, and calls that wait in the queue, still use all of the quota. */
const concurrency = 48;
const lookEveryMs = 500;
const longestLookMs = 5_000;

export async function runBench({ world, client, temporal, options, say }: Running): Promise<Ran> {
  const alive = Array.from({ length: workers }, () => world.startWorker());
  await Promise.all(alive.map(({ ready }) => ready));
  const texts = Array.from(
    { length: options.items },
    (_, index) => `Message ${index}: where is my order ${index * 7}?`,
  );
  const run = await client.start('classifyAll', { texts, concurrency }, { id: 'list' });
  const witness = alive.at(-1) as WorkerProcess;
  let kills = 0;
  let warmSamples: number | undefined;
  let toldPercent = 0;
  const look = async (): Promise<void> => {
    const [list] = (await statusOf(temporal, run.workflowId)).progress ?? [];
    const done = list?.done ?? 0;
    if (done >= options.items / 10) warmSamples ??= witness.rssBytes.length;
    const percent = Math.floor((done * 10) / options.items) * 10;
    if (percent > toldPercent) say(`${(toldPercent = percent)} %: ${list?.perMinute ?? 0} items a minute`);
    if (kills === options.kills || done < (options.items * (kills + 1)) / (options.kills + 1)) return;
    // Never the last one: its memory is what is looked at.
    const victim = kills % (workers - 1);
    alive[victim]?.child.kill('SIGKILL');
    alive[victim] = world.startWorker();
    kills += 1;
    say(`worker ${victim + 1} of ${workers} killed at ${done} items`);
  };
  const results = await whileLooking(run.result<unknown[]>(), look);
  const { startedAt, closedAt } = await run.describe();
  const seconds = ((closedAt?.getTime() ?? Number.NaN) - startedAt.getTime()) / 1_000;
  return { run, results, seconds, kills, rssBytes: witness.rssBytes.slice(warmSamples) };
}

function statusOf(temporal: Client, workflowId: string): Promise<RunStatus> {
  const ask = () => temporal.workflow.getHandle(workflowId).query<RunStatus>(statusQueryName);
  return temporal.withDeadline(Date.now() + longestLookMs, ask);
}

async function whileLooking<T>(ending: Promise<T>, look: () => Promise<void>): Promise<T> {
  let isOver = false;
  const ended = ending.finally(() => (isOver = true));
  while (!isOver) {
    // A status that nobody answers at the moment, because its worker was killed, is asked for again.
    await look().catch(() => undefined);
    await Promise.race([ended.catch(() => undefined), new Promise((done) => setTimeout(done, lookEveryMs))]);
  }
  return ended;
}
