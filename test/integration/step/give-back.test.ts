import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import type { RunHandle } from '../../../src/client';
import type { PoolReading } from '../../../src/contracts/capacity';
import { openCapacity } from '../../../src/workers/open-capacity';
import type { OpenCapacity } from '../../../src/workers/open-capacity';
import type { StepResult } from '../../../src/workflows/public';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { readServices } from '../../support/services';

/** Leases last 30 s and places in the queue some seconds: what is gone at once was given back, not forgotten. */
describe('a step that is given up', () => {
  let harness: Harness;
  let capacity: OpenCapacity | undefined;
  beforeEach(async () => {
    harness = await startHarness();
  });
  afterEach(async () => {
    await capacity?.close();
    capacity = undefined;
    await harness.stop();
  });

  /** Of the pool `slow`, whose only endpoint is `slow`. */
  async function slowPool(): Promise<PoolReading> {
    capacity ??= await openCapacity(harness.environment);
    return capacity.inspect('slow');
  }
  const inFlight = ({ endpoints }: PoolReading): number | undefined => endpoints[0]?.inFlight;

  const start = (pipeline: string, input: object): Promise<RunHandle> =>
    harness.client.start(pipeline, input, { id: `${pipeline}-${harness.taskQueue}` });

  async function replay({ workflowId }: RunHandle): Promise<void> {
    const history = await harness.temporal.workflow.getHandle(workflowId).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle: { codePath: readServices().workflowBundle } }, history, workflowId);
  }

  test('cancelled between two attempts, it leaves nothing of the attempt that was booked', async () => {
    const text = await readFile(harness.environment['HOLDFAST_CONFIG'] ?? '', 'utf8');
    const file = join(harness.outputDirectory, 'one-at-a-time.yaml');
    await writeFile(file, text.replace('limits: { rpm: 20 }', 'limits: { rpm: 600, concurrency: 1 }'));
    harness.environment['HOLDFAST_CONFIG'] = file;
    await harness.startWorker();
    // Long enough for us to come in between, short enough to be booked ahead.
    const headers = { 'retry-after': '6' };
    await harness.simulator.addFault({ endpoint: 'slow', kind: 'status', status: 503, headers, count: 1 });
    const run = await start('oneStep', { step: 'test.paced', variables: { topic: 'x' } });
    await eventually('the pending retry', async () => {
      const { raw } = await harness.temporal.workflow.getHandle(run.workflowId).describe();
      return raw.pendingActivities?.some(({ lastFailure }) => lastFailure != null);
    });
    expect(inFlight(await slowPool())).toBe(1);

    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Cancelled' } });
    expect(inFlight(await slowPool())).toBe(0);
    await replay(run);
    // The only slot is free: whoever comes next has it as soon as the provider's pause is over.
    const next = await start('stepPerRun', { step: 'test.paced', topic: 'y', runs: 1 });
    expect(await next.result<StepResult>()).toMatchObject({ servedBy: 'slow', attempts: [{ attempt: 1 }] });
  });

  test('cancelled while it waits in the queue, it leaves its place', async () => {
    await harness.startWorker();
    const topics = ['a', 'b', 'c', 'd'];
    const run = await start('manySteps', { step: 'test.queued', topics, concurrency: topics.length });
    await eventually('the queue', async () => (await slowPool()).waiting.batch >= 2);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Cancelled' } });
    const left = await slowPool();
    expect([left.waiting.batch, inFlight(left)]).toEqual([0, 0]);
    await replay(run);
  });

  test('without the time to wait, it leaves its place and fails as Capacity.Timeout', async () => {
    await harness.startWorker();
    const before = await start('manySteps', { step: 'test.queued', topics: ['a', 'b', 'c'], concurrency: 3 });
    // One of three can start, the others queue.
    await eventually('the queue', async () => (await slowPool()).waiting.batch === 2);
    const run = await start('oneStep', { step: 'test.hurried', variables: { topic: 'x' } });
    await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Capacity.Timeout' } });
    expect((await slowPool()).waiting.batch).toBeLessThanOrEqual(2);
    await replay(run);
    await before.cancel();
    await expect(before.result()).rejects.toMatchObject({ details: { failure: 'Cancelled' } });
    expect((await slowPool()).waiting.batch).toBe(0);
  });
});
