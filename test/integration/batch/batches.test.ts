/**
 * Steps whose tier is a provider's batch: what is bought is counted in the provider's own ledger. The cases run side by
 * side, each at an endpoint of its own, for a batch is waited for.
 */
import { batchQueueIdOf } from '../../../src/contracts/batch';
import { tierWorkflowIdOf } from '../../../src/contracts/ids';
import type { RunHandle } from '../../../src/client/run-handle';
import type { StepResult } from '../../../src/workflows/public';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { askAll, boughtAt, endOf, questionsOf, start, topicsOf } from './batch-world';
import type { Ended } from './batch-world';

/** With those of the other queues it makes sixty. */
const count = 45;

let harness: Harness;
const ended = new Map<string, Promise<Ended[]>>();

/** A case is begun before any of them is looked at. */
function begin(name: string, work: () => Promise<Ended[]>): void {
  const outcome = work();
  outcome.catch(() => undefined);
  ended.set(name, outcome);
}

beforeAll(async () => {
  harness = await startHarness();
  await harness.startWorker();
  const { simulator } = harness;
  // Taken on, but we are not told; then busy, then broken: claude's batch is found by its size and proven by its results.
  await simulator.addFault({ endpoint: 'claude', kind: 'cutStream', operation: 'submitBatch', count: 1 });
  await simulator.addFault({ endpoint: 'claude', kind: 'status', status: 500, operation: 'readBatch', count: 1 });
  begin('claude', () => askAll(harness, 'test.batchClaude', topicsOf(count, 'claude')));
  // One is failed by the provider, one is garbage, one has no line at all.
  for (const fault of [{ kind: 'status', status: 500 }, { kind: 'malformedEvent' }, { kind: 'emptyBody' }] as const)
    await simulator.addFault({ endpoint: 'responses', operation: 'batchItem', count: 1, ...fault });
  await simulator.addFault({
    endpoint: 'responses',
    kind: 'status',
    status: 404,
    operation: 'readFileContent',
    count: 1,
  });
  begin('responses', () => askAll(harness, 'test.batchResponses', topicsOf(5, 'responses')));
  await simulator.addFault({ endpoint: 'east', kind: 'batchExpired', share: 0.5 });
  begin('expired', () => askAll(harness, 'test.batchThenPool', topicsOf(4, 'expired')));
  // A line is refused; the batch is handed in once more without it.
  await simulator.addFault({
    endpoint: 'west',
    kind: 'rateLimit',
    retryInMs: 1_000,
    operation: 'submitBatch',
    count: 1,
  });
  await simulator.addFault({ endpoint: 'west', kind: 'batchFailed', line: 1, count: 1 });
  begin('refused', () => askAll(harness, 'test.batchWest', topicsOf(3, 'refused')));
});
afterAll(() => harness.stop());

const failuresOf = (outcomes: readonly Ended[]): string[] =>
  outcomes.flatMap((outcome) => ('failure' in outcome ? [outcome.failure] : [])).toSorted();

describe('a batch tier', () => {
  test('buys every answer once although the provider took the batch on without our hearing of it', async () => {
    const outcomes = (await ended.get('claude')) ?? [];
    expect(failuresOf(outcomes)).toEqual([]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ result: { servedBy: 'claude', tier: 0, degraded: false } });
    }
    const paid = await boughtAt(harness, 'claude');
    expect(questionsOf(paid)).toHaveLength(count);
    expect(new Set(questionsOf(paid)).size).toBe(count);
    const [first] = outcomes;
    const usage = first && 'result' in first ? first.result.usage : { inputTokens: 0, outputTokens: 0 };
    const half = (usage.inputTokens * 3 + usage.outputTokens * 15) / 2 / 1_000_000;
    expect(first).toHaveProperty('result.costUsd', expect.closeTo(half, 9));
  }, 120_000);

  test('one bad result is that question’s failure, whatever is wrong with it', async () => {
    const outcomes = (await ended.get('responses')) ?? [];
    expect(failuresOf(outcomes)).toEqual(['Llm.ServerError', 'Llm.Truncated', 'Llm.Truncated']);
    const answered = outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result] : []));
    for (const { value } of answered) expect(value).toHaveProperty('sections');
  });

  test('what was not reached before the batch expired goes to the next tier, and only that', async () => {
    const outcomes = (await ended.get('expired')) ?? [];
    const tiers = outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result.servedBy] : []));
    const atEast = tiers.filter((endpoint) => endpoint === 'east').length;
    expect(tiers).toHaveLength(4);
    // Half of each batch, rounded down, and all of them are in one unless the machine is slow.
    expect(atEast).toBeLessThanOrEqual(2);
    expect(questionsOf(await boughtAt(harness, 'east'))).toHaveLength(atEast);
    const degraded = outcomes.filter((outcome) => 'result' in outcome && outcome.result.reason === 'Llm.Timeout');
    expect(degraded).toHaveLength(4 - atEast);
  });

  test('a line that fails the validation fails its question, and the others are handed in again', async () => {
    const outcomes = (await ended.get('refused')) ?? [];
    expect(failuresOf(outcomes)).toEqual(['Llm.BadRequest']);
    expect(new Set(questionsOf(await boughtAt(harness, 'west'))).size).toBe(2);
  });

  test('its queue ends when nothing is left in it', async () => {
    await Promise.all(ended.values());
    const queue = batchQueueIdOf({ taskQueue: harness.taskQueue, pool: 'claude' });
    await eventually('the queue has ended', async () => {
      const { status } = await harness.temporal.workflow.getHandle(queue).describe();
      return status.name === 'COMPLETED';
    });
  });

  test('a question that is cancelled before its batch goes out is not bought', async () => {
    const before = (await boughtAt(harness, 'responses')).length;
    const run = await start(harness, 'test.batchResponses', 'cancelled early');
    await eventually('it waits', async () => (await progressOf(run))?.includes('waiting'));
    await harness.temporal.workflow.getHandle(run.workflowId).cancel();
    expect(await endOf(run)).toEqual({ failure: 'Cancelled' });
    expect((await boughtAt(harness, 'responses')).length).toBe(before);
  });

  test('when everybody in a batch is cancelled it is called off at the provider', async () => {
    const { simulator } = harness;
    await simulator.putEndpoint('slow', {
      provider: 'openai',
      apiKey: 'key-slow',
      batch: { processingMs: 3_600_000 },
    });
    const run = await start(harness, 'test.batchSlow', 'cancelled late');
    await eventually('it is at the provider', async () => (await askedAt('slow')).includes('readBatch'));
    expect(await batchesOf('slow')).toEqual(['batch of 1 requests at slow, 0 % done']);
    await harness.temporal.workflow.getHandle(run.workflowId).cancel();
    expect(await endOf(run)).toEqual({ failure: 'Cancelled' });
    await eventually('it is called off', async () => (await askedAt('slow')).includes('cancelBatch'));
    expect(await boughtAt(harness, 'slow')).toEqual([]);
  });

  test('what its budget cannot pay for is not sent', async () => {
    const { client, taskQueue } = harness;
    const input = { step: 'test.batchWest', variables: { topic: 'too dear' } };
    const before = (await boughtAt(harness, 'west')).length;
    const run = await client.start('oneStep', input, { id: `dear-${taskQueue}`, budget: { tokens: 20 } });
    expect(await endOf(run)).toEqual({ failure: 'Budget.Exceeded' });
    expect((await boughtAt(harness, 'west')).length).toBe(before);
  });

  test('what is not there within its time is taken up by the next tier', async () => {
    const { result } = (await endOf(await start(harness, 'test.batchBrief', 'brief'))) as { result: StepResult };
    expect(result).toMatchObject({ servedBy: 'claude', tier: 1, degraded: true, reason: 'Llm.Timeout' });
  });
});

/** What the batches of a pool that are not over say of themselves. */
async function batchesOf(pool: string): Promise<string[]> {
  const queue = batchQueueIdOf({ taskQueue: harness.taskQueue, pool });
  const { workflow } = harness.temporal;
  const list = workflow.list({ query: `WorkflowType = 'holdfastBatch' AND ExecutionStatus = 'Running'` });
  const texts: string[] = [];
  for await (const { workflowId } of list) {
    if (workflowId.startsWith(`${queue}/`))
      texts.push(await workflow.getHandle(workflowId).query<string>('batchProgress'));
  }
  return texts;
}

async function askedAt(endpoint: string): Promise<string[]> {
  return (await harness.simulator.ledger({ endpoint })).map(({ operation }) => operation);
}

/** What the tier's own workflow shows. */
async function progressOf(run: RunHandle): Promise<string | undefined> {
  const { step, occurrence } = { step: (await run.status()).steps[0]?.step ?? '', occurrence: 0 };
  const id = tierWorkflowIdOf(run.workflowId, { step, occurrence, tier: 0 });
  return harness.temporal.workflow.getHandle(id).query('__temporal_workflow_metadata').then(JSON.stringify);
}
