import type { JsonObject } from '../../../src/contracts/json';
import type { StepResult, ToolContext } from '../../../src/workflows/public';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

/** The simulated model calls a tool once, unless the question says otherwise, and answers with what it was told. */
describe('step with tools', () => {
  let harness: Harness;
  const calls: { args: JsonObject; context: ToolContext }[] = [];
  const tools = {
    lookUpOrder: (args: JsonObject, context: ToolContext): Promise<JsonObject> => {
      calls.push({ args, context });
      if (args['topic'] === 'broken') throw new Error('the order system is down');
      return Promise.resolve({ status: 'shipped-on-a-tuesday' });
    },
  };

  beforeEach(async () => {
    calls.length = 0;
    harness = await startHarness();
    await harness.startWorker(tools);
  });
  afterEach(() => harness.stop());

  const run = async (topic: string): Promise<StepResult> => {
    const input = { step: 'test.withTools', variables: { topic } };
    const started = await harness.client.start('oneStep', input, { id: `tools-${harness.taskQueue}` });
    return started.result<StepResult>();
  };

  test('calls the activity of the tool’s name and answers with what it said: two paid calls, one of the tool', async () => {
    const result = await run('order 7');
    expect(calls).toEqual([
      {
        args: { topic: expect.any(String) },
        context: {
          idempotencyKey: expect.stringMatching(/\/test\.withTools#0\/t1\/c0\/[\w-]{22}\/tool\/0$/),
          tenant: 'default',
        },
      },
    ]);
    expect(result.value).toEqual(expect.stringContaining('shipped-on-a-tuesday'));
    const ledger = await harness.simulator.ledger();
    expect(ledger.filter((entry) => entry.billed)).toHaveLength(2);
    expect(result.attempts.filter((made) => made.outcome === 'succeeded')).toHaveLength(2);
    expect(result.usage.outputTokens).toBe(ledger.reduce((sum, entry) => sum + entry.outputTokens, 0));
  });

  test('is not given arguments that do not match its schema: the model is told what is wrong', async () => {
    await harness.simulator.addFault({
      endpoint: 'east',
      kind: 'invalidToolArguments',
      text: '{"tpoic":"7"}',
      count: 1,
    });
    await run('order 10');
    expect(calls).toEqual([]);
    const billed = (await harness.simulator.ledger()).filter((entry) => entry.billed);
    expect(billed).toHaveLength(2);
  });

  test('passes over a tier whose models take no tools, without sending anything', async () => {
    const result = await run('order 8');
    expect(result).toMatchObject({ tier: 1, degraded: true, reason: 'Llm.Unsupported' });
  });

  test('a model that never stops asking ends the step, with every call it cost', async () => {
    const input = { step: 'test.withTools', variables: { topic: 'order 9 [[loop tools]]' } };
    const started = await harness.client.start('oneStep', input, { id: `loop-${harness.taskQueue}` });
    await expect(started.result()).rejects.toMatchObject({ details: { failure: 'Llm.ToolLoop' } });
    expect(calls).toHaveLength(2);
    const { totals } = await started.status();
    const ledger = await harness.simulator.ledger();
    expect(ledger.filter((entry) => entry.billed)).toHaveLength(3);
    expect(totals.outputTokens).toBe(ledger.reduce((sum, entry) => sum + entry.outputTokens, 0));
  });
});
