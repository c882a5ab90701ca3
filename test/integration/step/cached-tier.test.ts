import type { StepResult } from '../../../src/workflows/public';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

describe('a cached tier', () => {
  let harness: Harness;
  let runs = 0;
  beforeEach(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterEach(() => harness.stop());

  const ask = async (step: string, topic: string, tenant = 'acme'): Promise<StepResult> => {
    const input = { step, variables: { topic } };
    const id = `cache-${harness.taskQueue}-${runs++}`;
    return (await harness.client.start('oneStep', input, { id, tenant })).result<StepResult>();
  };
  const outage = () => harness.simulator.addFault({ endpoint: 'east', kind: 'status', status: 503 });

  test('answers what the same tenant asked before, when no model does', async () => {
    const first = await ask('test.remembered', 'bells');
    await outage();
    const second = await ask('test.remembered', 'bells');
    expect(second).toMatchObject({
      value: first.value,
      servedBy: 'cache',
      tier: 1,
      degraded: true,
      reason: 'Llm.Overloaded',
      costUsd: 0,
    });
    expect(second.attempts.at(-1)).toMatchObject({ outcome: 'cached' });
  });

  test.each([
    ['another question', 'drums', 'acme'],
    ['another tenant', 'bells', 'umbrella'],
  ])('has nothing for %s: the step fails with what the model said', async (_, topic, tenant) => {
    await ask('test.remembered', 'bells');
    await outage();
    await expect(ask('test.remembered', topic, tenant)).rejects.toMatchObject({
      details: { failure: 'Llm.Overloaded' },
    });
  });

  test('placed first, it spares the call: a miss is no failure, a hit is no degradation', async () => {
    const first = await ask('test.cachedFirst', 'bells');
    expect(first).toMatchObject({ tier: 1, degraded: false, servedBy: 'east' });
    const second = await ask('test.cachedFirst', 'bells');
    expect(second).toMatchObject({ tier: 0, degraded: false, servedBy: 'cache', value: first.value, costUsd: 0 });
    expect(await harness.simulator.ledger()).toHaveLength(1);
  });

  test('the first model tier behind it runs in the pipeline, only the one after that in a child', async () => {
    await outage();
    const input = { step: 'test.cachedFirst', variables: { topic: 'flutes' } };
    const run = await harness.client.start('oneStep', input, { id: `place-${harness.taskQueue}` });
    expect(await run.result<StepResult>()).toMatchObject({ tier: 2, degraded: true, servedBy: 'claude' });
    expect(await run.children()).toHaveLength(1);
  });

  test('never keeps the answer of a later tier', async () => {
    await outage();
    await ask('test.cachedFirst', 'horns');
    await harness.simulator.addFault({ endpoint: 'claude', kind: 'status', status: 503 });
    await expect(ask('test.cachedFirst', 'horns')).rejects.toMatchObject({ details: { failure: expect.any(String) } });
  });

  test('never keeps an answer that was cut at its token limit', async () => {
    await harness.simulator.addFault({ endpoint: 'east', kind: 'maxTokens', count: 1 });
    await ask('test.remembered', 'harps');
    await outage();
    await expect(ask('test.remembered', 'harps')).rejects.toMatchObject({ details: { failure: 'Llm.Overloaded' } });
  });
});
