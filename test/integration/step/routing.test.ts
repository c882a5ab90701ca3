import { isModelTierPlan } from '../../../src/contracts/step';
import type { CallModelInput, OpenStepOutput, StepPlan } from '../../../src/contracts/step';
import type { StepResult } from '../../../src/workflows/public';
import { Worker } from '@temporalio/worker';
import { readServices } from '../../support/services';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

/** JSON as it stands in a history. */
const decode = <T>(payload: { data?: Uint8Array | null } | null | undefined): T =>
  JSON.parse(Buffer.from(payload?.data ?? []).toString()) as T;

function choiceOf(plan: StepPlan | undefined): string[] | undefined {
  const tier = plan?.tiers[0];
  return isModelTierPlan(tier) ? tier.choice?.options.map(({ pool }) => pool) : undefined;
}

describe('routing of a step', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterEach(() => harness.stop());

  const start = (pipeline: string, input: object) =>
    harness.client.start(pipeline, input, { id: `${pipeline}-${harness.taskQueue}` });

  const manySteps = async (step: string, topics: string[], concurrency = topics.length) => {
    const run = await start('manySteps', { step, topics, concurrency });
    return { run, results: await run.result<StepResult[]>() };
  };

  const historyOf = (workflowId: string) => harness.temporal.workflow.getHandle(workflowId).fetchHistory();

  /** What the openings of a run answered and what its calls were sent with, in the order of history. */
  async function recorded(workflowId: string) {
    const { events } = await historyOf(workflowId);
    const openings = (events ?? []).flatMap(({ markerRecordedEventAttributes: marker }) => {
      const result = decode<OpenStepOutput | null>(
        marker?.details?.['result']?.payloads?.[0] ?? { data: Buffer.from('null') },
      );
      return result === null ? [] : [result];
    });
    const calls = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'callModel' ? [decode<CallModelInput>(scheduled.input?.payloads?.[0])] : [],
    );
    return { openings, calls };
  }

  const replay = async (workflowId: string) =>
    Worker.runReplayHistory(
      { workflowBundle: { codePath: readServices().workflowBundle } },
      await historyOf(workflowId),
      workflowId,
    );

  const topics = (count: number) => Array.from({ length: count }, (_, index) => `topic ${index}`);

  test('priority: what the first endpoint cannot start soon enough spills over to the second', async () => {
    const { results } = await manySteps('test.spilling', topics(5));
    expect(results.map(({ servedBy }) => servedBy).toSorted()).toEqual(['slow', 'west', 'west', 'west', 'west']);
  });

  test('priority: with time to wait, calls stay with the first endpoint', async () => {
    const { results } = await manySteps('test.loyal', topics(2));
    expect(results.map(({ servedBy }) => servedBy)).toEqual(['slow', 'slow']);
  });

  test('weighted: an endpoint of weight 1 beside 9 gets about a tenth of the calls', async () => {
    const { results } = await manySteps('test.canary', topics(60), 8);
    const canaries = results.filter(({ servedBy }) => servedBy === 'east').length;
    // Of 60 calls 6 on average: 18 or more come once in a hundred thousand runs, equal shares would be 30.
    expect(canaries).toBeLessThan(18);
    expect(results.filter(({ servedBy }) => servedBy === 'claude')).toHaveLength(60 - canaries);
  });

  test('capability: a hard request goes to the large model, and the prompt variant goes with it', async () => {
    const { run, results } = await manySteps('test.bySize', ['bells', `bells ${'and more bells '.repeat(400)}`], 1);
    expect(results.map(({ servedBy }) => servedBy)).toEqual(['east', 'claude']);
    const { openings, calls } = await recorded(run.workflowId);
    expect(openings.map(({ chosen }) => [chosen?.pool, chosen?.variant])).toEqual([
      ['single', 'small'],
      ['claude', 'claude'],
    ]);
    expect(calls.map(({ call }) => [call.pool, call.variant, call.parameters.maxOutputTokens])).toEqual([
      ['single', 'small', 40],
      ['claude', 'claude', 60],
    ]);
    // The plan stands in history once: later openings of the step choose from what the first one recorded.
    expect(openings.map(({ plan }) => choiceOf(plan))).toEqual([['single', 'claude'], undefined]);
    await replay(run.workflowId);
  });

  test('a call that waits in the queue stays with the pool it chose', async () => {
    const { run, results } = await manySteps('test.bySpeed', topics(3));
    // While nothing is known of either, the smaller model; what the first call teaches does not move the waiting ones.
    expect(results.map(({ servedBy }) => servedBy)).toEqual(['slow', 'slow', 'slow']);
    const { openings } = await recorded(run.workflowId);
    expect(openings.filter(({ capacity }) => capacity.kind === 'wait').length).toBeGreaterThan(0);
    expect(openings.filter(({ chosen }) => chosen !== undefined)).toHaveLength(3);
    await replay(run.workflowId);
  });

  test('a repair goes to the pool whose answer it mends', async () => {
    await harness.simulator.addFault({ kind: 'invalidJson', text: '{"title": 7}', count: 1 });
    const run = await start('oneStep', { step: 'test.bySizeStructured', variables: { topic: 'bells' } });
    expect(await run.result<StepResult>()).toMatchObject({ tier: 0, attempts: [{}, {}] });
    const { openings, calls } = await recorded(run.workflowId);
    expect(openings.map(({ chosen }) => chosen !== undefined)).toEqual([true, false]);
    expect(calls.map(({ call }) => call.pool)).toEqual([openings[0]?.chosen?.pool, openings[0]?.chosen?.pool]);
    await replay(run.workflowId);
  });

  test('a pool whose queue is past its limit refuses at once, and the step goes on with its next tier', async () => {
    const { results } = await manySteps('test.crowded', topics(4));
    const refused = results.filter(({ tier }) => tier === 1);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every(({ reason, servedBy }) => reason === 'Capacity.Overloaded' && servedBy === 'east')).toBe(true);
    expect(results.filter(({ tier }) => tier === 0).every(({ servedBy }) => servedBy === 'slow')).toBe(true);
  });
});
