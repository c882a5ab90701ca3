/** One measurement: runs of one side, timed by the server's own clock. */
import { randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { SerialInput, Side } from './messages';

export interface Bench {
  readonly client: Client;
  readonly taskQueues: Readonly<Record<Side, string>>;
}

export interface Asked extends SerialInput {
  readonly side: Side;
  /** At once. */
  readonly runs: number;
}

export interface Measured {
  /** Mean time of one step, ms: of a run from its start to its end, divided by its steps. */
  readonly stepMs: number;
  /** All steps of all runs, from the first start to the last end. */
  readonly stepsPerSecond: number;
}

const workflowOf: Readonly<Record<Side, string>> = { durable: 'durableSteps', bare: 'bareSteps' };

export async function measure(bench: Bench, { side, endpoint, steps, runs }: Asked): Promise<Measured> {
  const times = await Promise.all(Array.from({ length: runs }, () => runOnce(bench, { side, endpoint, steps })));
  const tookMs = times.map(({ startedAt, endedAt }) => endedAt - startedAt);
  const allMs = Math.max(...times.map(({ endedAt }) => endedAt)) - Math.min(...times.map(({ startedAt }) => startedAt));
  return {
    stepMs: tookMs.reduce((sum, ms) => sum + ms, 0) / (runs * steps),
    stepsPerSecond: (runs * steps * 1_000) / allMs,
  };
}

interface RunTimes {
  readonly workflowId: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

async function runOnce({ client, taskQueues }: Bench, { side, ...input }: Omit<Asked, 'runs'>): Promise<RunTimes> {
  // As long as a business id usually is: it stands in history with each step.
  const workflowId = `${workflowOf[side]}:${randomBytes(6).toString('hex')}`;
  const handle = await client.workflow.start(workflowOf[side], {
    workflowId,
    taskQueue: taskQueues[side],
    args: [input],
  });
  await handle.result();
  const { startTime, closeTime } = await handle.describe();
  if (closeTime === undefined) throw new Error(`${workflowId} has a result but no end`);
  return { workflowId, startedAt: startTime.getTime(), endedAt: closeTime.getTime() };
}

export interface HistorySize {
  readonly bytesPerStep: number;
  readonly eventsPerStep: number;
}

/** What one more step adds to a history: the difference of two runs, so that the run itself does not count. */
export async function measureHistory(bench: Bench, side: Side): Promise<HistorySize> {
  const few = await sizeOf(bench, side, 5);
  const many = await sizeOf(bench, side, 25);
  return { bytesPerStep: (many.bytes - few.bytes) / 20, eventsPerStep: (many.events - few.events) / 20 };
}

async function sizeOf(bench: Bench, side: Side, steps: number): Promise<{ bytes: number; events: number }> {
  const { workflowId } = await runOnce(bench, { side, endpoint: 'at0', steps });
  const { historySize, historyLength } = await bench.client.workflow.getHandle(workflowId).describe();
  return { bytes: historySize ?? 0, events: historyLength };
}
