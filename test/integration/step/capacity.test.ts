import type { StepResult } from '../../../src/workflows/public';
import { Worker } from '@temporalio/worker';
import { readServices } from '../../support/services';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

describe('capacity of a step', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterEach(() => harness.stop());

  test('an endpoint of 20 requests a minute is never asked too early; the waits are durable timers that say why, and replay', async () => {
    const run = await harness.client.start(
      'manySteps',
      { step: 'test.paced', topics: ['a', 'b', 'c', 'd'], concurrency: 4 },
      { id: `paced-${harness.taskQueue}` },
    );
    const waiting = await eventually('a wait', async () =>
      (await run.status()).steps.find((step) => step.state === 'waiting'),
    );
    expect(waiting.waitingFor).toMatch(/^rpm on slow, \d+\.\d s$/);
    const results = await run.result<StepResult[]>();
    expect(results).toHaveLength(4);
    const ledger = await harness.simulator.ledger();
    expect(ledger.map((entry) => entry.status)).toEqual([200, 200, 200, 200]);
    const history = await harness.temporal.workflow.getHandle(run.workflowId).fetchHistory();
    const timers = history.events?.filter((event) => event.timerStartedEventAttributes != null) ?? [];
    expect(timers.length).toBeGreaterThan(0);
    const summary = Buffer.from(timers[0]?.userMetadata?.summary?.data ?? []).toString();
    expect(summary).toMatch(/rpm on slow, \d+\.\d s/);
    // Steps opened side by side, some granted and some waiting: the order of their commands must replay.
    await Worker.runReplayHistory(
      { workflowBundle: { codePath: readServices().workflowBundle } },
      history,
      run.workflowId,
    );
  });

  test('cancelling a run aborts its call down to the socket and frees the slot', async () => {
    await harness.simulator.addFault({ endpoint: 'east', kind: 'hangBeforeHeaders' });
    const run = await harness.client.start(
      'oneStep',
      { step: 'test.patient', variables: { topic: 'x' } },
      { id: `cancel-${harness.taskQueue}` },
    );
    await eventually('the call', async () => (await harness.simulator.ledger()).length === 1);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ type: 'Pipeline.Failed', details: { failure: 'Cancelled' } });
    const entry = await eventually('the abort', async () =>
      (await harness.simulator.ledger()).find((call) => call.outcome === 'aborted'),
    );
    expect(entry.billed).toBe(false);
    expect(await harness.simulator.ledger()).toHaveLength(1);
  });
});
