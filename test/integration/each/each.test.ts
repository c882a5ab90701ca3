import { Worker } from '@temporalio/worker';
import type { RunHandle } from '../../../src/client';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { readServices } from '../../support/services';

describe.each([
  ['each', false],
  ['eachInChunks', true],
])('%s', (_, inChunks) => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  let started = 0;
  const start = (items: readonly string[], options: object = {}): Promise<RunHandle> =>
    harness.client.start('eachOf', { items, inChunks, options }, { id: `list-${started++}-${harness.taskQueue}` });
  const results = async (items: readonly string[], options?: object): Promise<unknown[]> =>
    (await start(items, options)).result<unknown[]>();

  async function replay(workflowId: string): Promise<void> {
    const history = await harness.temporal.workflow.getHandle(workflowId).fetchHistory();
    await Worker.runReplayHistory({ workflowBundle: { codePath: readServices().workflowBundle } }, history, workflowId);
  }

  test('gives the results in the order of the items, whichever ends first', async () => {
    await expect(results(['sleep 1000', 'b', 'c'], { concurrency: 3 })).resolves.toEqual([
      '0: sleep 1000',
      '1: b',
      '2: c',
    ]);
  });

  test('gives nothing for nothing', async () => {
    await expect(results([])).resolves.toEqual([]);
    await expect(results([], { tolerate: '10%' })).resolves.toEqual([]);
  });

  test('throws the first failure with its type, and begins nothing after it', async () => {
    const run = await start(['a', 'fail unfit', 'sleep 60000', 'd'], { concurrency: 2 });
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringContaining('unfit') as string,
      details: { failure: 'Llm.ContentFiltered' },
    });
  });

  test('tolerates as many failed items as it is told, each in its place', async () => {
    const ok = (value: string) => ({ ok: true, value });
    const failed = (message: string, item: number) => ({
      ok: false,
      failure: { type: 'Llm.ContentFiltered', message, details: { item } },
    });
    const items = ['a', 'fail one', 'c', 'fail two'];
    const outcomes = [ok('0: a'), failed('one', 1), ok('2: c'), failed('two', 3)];
    await expect(results(items, { tolerate: 2 })).resolves.toEqual(outcomes);
    await expect(results(items, { tolerate: '50%' })).resolves.toEqual(outcomes);
  });

  test.each([1, '49%'])('with one more than %s it fails as Pipeline.ItemsFailed', async (tolerate) => {
    const run = await start(['a', 'fail one', 'c', 'fail two'], { tolerate, concurrency: 1 });
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringContaining(
        '2 of 4 items failed, 1 are tolerated; the first: Llm.ContentFiltered: one',
      ) as string,
      details: { failure: 'Pipeline.ItemsFailed' },
    });
  });

  test.each([
    [{ concurrency: 0 }, 'concurrency must be a whole number of at least 1'],
    [{ tolerate: 'a few' }, 'tolerate must be a whole number or a share'],
    [{ maxItems: 1 }, '2 items, at most 1 are taken'],
  ])('refuses %j', async (options, message) => {
    const run = await start(['a', 'b'], options);
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      details: { failure: 'Pipeline.InvalidInput' },
    });
  });

  test('a defect is no failed item: the run waits for the code to be mended', async () => {
    const run = await start(['break everything'], { tolerate: 1 });
    const handle = harness.temporal.workflow.getHandle(inChunks ? `${run.workflowId}/each/0/from/0` : run.workflowId);
    await eventually('the failed workflow task', async () => {
      const { events } = await handle.fetchHistory();
      return events?.some((event) => event.workflowTaskFailedEventAttributes != null);
    });
    await handle.terminate();
    if (!inChunks) return;
    // Who ends the child ends its items.
    await expect(run.result()).resolves.toMatchObject([{ ok: false, failure: { type: 'Llm.Cancelled' } }]);
  });

  test('tells how far it is, in the status and in the live details', async () => {
    const items = [...Array.from({ length: 58 }, (_, index) => `item ${index}`), 'fail one', 'wait'];
    const run = await start(items, { tolerate: 1, concurrency: 1, name: 'letters' });
    // In chunks of 25 items the last ten are counted together.
    const reached = inChunks ? 50 : 58;
    const progress = await eventually('the last item', async () => {
      const [list] = (await run.status()).progress ?? [];
      return list?.done === reached && list;
    });
    expect(progress).toMatchObject({ name: 'letters', total: 60, failed: inChunks ? 0 : 1 });
    const metadata = await harness.temporal.workflow
      .getHandle(run.workflowId)
      .query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain(
      inChunks ? 'letters: 50 of 60 items' : 'letters: 59 of 60 items · 1 failed',
    );
    const waiting = inChunks ? `${run.workflowId}/each/0/from/50` : run.workflowId;
    await harness.temporal.workflow.getHandle(waiting).signal('go');
    await run.result();
    expect((await run.status()).progress).toMatchObject([
      { done: 59, failed: 1, total: 60, endedAt: expect.any(String) },
    ]);
  });

  test('counts the steps of its items for the run, and replays', async () => {
    const items = Array.from({ length: 30 }, (_, index) => `ask bells ${index}`);
    const run = await start(items, { concurrency: 6 });
    await expect(run.result()).resolves.toHaveLength(30);
    expect((await run.status()).totals).toMatchObject({ steps: 30, attempts: 30 });
    for (const workflowId of [run.workflowId, ...(await run.children())]) await replay(workflowId);
  });

  test('in the next run of a chain the same items are worked on anew, and the totals go on', async () => {
    const before = (await harness.simulator.ledger()).length;
    const input = { items: ['ask a', 'ask b'], inChunks, runs: 2 };
    const run = await harness.client.start('eachPerRun', input, { id: `chain-${harness.taskQueue}` });
    await expect(run.result()).resolves.toHaveLength(2);
    expect((await harness.simulator.ledger()).length - before).toBe(4);
    expect((await run.status()).totals.steps).toBe(4);
  });
});

describe('eachInChunks', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  test('inside of its own work is refused', async () => {
    const input = { items: ['nest'], inChunks: true };
    const run = await harness.client.start('eachOf', input, { id: `nest-${harness.taskQueue}` });
    await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Pipeline.InvalidInput' } });
  });

  test.each([
    ['results', Array.from({ length: 25 }, () => 'grow 100000'), 10],
    ['history', Array.from({ length: 25 }, () => 'busy 250'), 20],
  ])('a chunk whose %s grow too large hands back the rest', async (what, items, most) => {
    const input = { items, inChunks: true, options: { concurrency: 3 } };
    const run = await harness.client.start('eachBriefly', input, { id: `early-${what}-${harness.taskQueue}` });
    const results = await run.result<string[]>();
    expect(results).toEqual(
      items.map((item, index) => (what === 'results' ? 'xxxx' : `${index}: ${item}`.slice(0, 4))),
    );
    const children = await run.children();
    const begun = children.map((id) => Number(id.split('/').at(-1)));
    expect(begun[0]).toBe(0);
    expect(begun.length).toBeGreaterThanOrEqual(2);
    expect(begun[1]).toBeLessThanOrEqual(most);
    const lengths = await Promise.all(
      children.map(async (id) => (await harness.temporal.workflow.getHandle(id).describe()).historyLength),
    );
    expect(Math.max(...lengths)).toBeLessThan(8_000);
  });

  test('a run that is reset buys nothing again, although its items end in another order', async () => {
    const items = Array.from({ length: 12 }, (_, index) => `twice bells ${index}`);
    const input = { items, inChunks: true, options: { concurrency: 12 } };
    const run = await harness.client.start('eachOf', input, { id: `reset-${harness.taskQueue}` });
    const results = await run.result();
    const { workflowService, options } = harness.temporal;
    const { runId } = await run.describe();
    await workflowService.resetWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId: run.workflowId, runId },
      reason: 'a test',
      workflowTaskFinishEventId: 4 as never,
      requestId: 'reset',
    });
    await expect(harness.client.run(run.workflowId).result()).resolves.toEqual(results);
    expect(await harness.simulator.ledger()).toHaveLength(24);
  });
});
