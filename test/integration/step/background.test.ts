import type { StepResult } from '../../../src/workflows/public';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

/** OpenAI background responses: the provider goes on without us, and what it has said is not bought again. */
describe('a step in the background', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.stop());

  const start = (step = 'test.background') =>
    harness.client.start('oneStep', { step, variables: { topic: 'bells' } }, { id: `background-${harness.taskQueue}` });
  const paidCalls = async (): Promise<number> =>
    (await harness.simulator.ledger()).filter((entry) => entry.billed).length;

  test.each(['afterResumable', 'inFlight'] as const)(
    'whose worker is killed at %s is answered by the very call that was begun: one paid call',
    async (point) => {
      const run = await start();
      const first = harness.spawnWorker({ HOLDFAST_CRASH_POINT: point });
      expect(await first.exited).toBe('SIGKILL');
      harness.spawnWorker();
      const result = await run.result<StepResult>();
      expect(result.value).toEqual(expect.any(String));
      expect(await paidCalls()).toBe(1);
      expect(result.attempts).toEqual([expect.objectContaining({ attempt: 1, outcome: 'succeeded' })]);
    },
    90_000,
  );

  test('whose connection is cut follows the same call again, inside the same attempt', async () => {
    await harness.startWorker();
    await harness.simulator.addFault({ endpoint: 'responses', kind: 'cutStream', count: 1 });
    const result = await (await start()).result<StepResult>();
    expect(result.attempts).toEqual([expect.objectContaining({ attempt: 1, hop: 0, outcome: 'succeeded' })]);
    expect(await paidCalls()).toBe(1);
  });

  test('that is lost sight of twice is settled once, by what it has cost', async () => {
    await harness.startWorker();
    await harness.simulator.addFault({ endpoint: 'responses', kind: 'cutStream', count: 1 });
    await harness.simulator.addFault({ endpoint: 'responses', kind: 'cutStream', operation: 'retrieve', count: 1 });
    const input = { step: 'test.background', variables: { topic: 'bells' } };
    const run = await harness.client.start('oneStep', input, {
      id: `twice-${harness.taskQueue}`,
      budget: { tokens: 10_000 },
    });
    const result = await run.result<StepResult>();
    const [billed, ...others] = (await harness.simulator.ledger()).filter((entry) => entry.billed);
    expect(others).toEqual([]);
    expect(result.attempts).toEqual([expect.objectContaining({ attempt: 1, outcome: 'succeeded' })]);
    expect(result.usage).toMatchObject({ inputTokens: billed?.inputTokens, outputTokens: billed?.outputTokens });
  });

  test('whose last attempt loses sight of it ends it at the provider before another tier is asked', async () => {
    await harness.startWorker();
    await harness.simulator.addFault({ endpoint: 'responses', kind: 'cutStream' });
    await harness.simulator.addFault({ endpoint: 'responses', kind: 'cutStream', operation: 'retrieve' });
    const result = await (await start('test.backgroundOnce')).result<StepResult>();
    expect(result).toMatchObject({ tier: 1, degraded: true, servedBy: 'claude' });
    const ledger = await harness.simulator.ledger({ endpoint: 'responses' });
    expect(ledger.map(({ operation }) => operation)).toContain('cancel');
  });

  test('that is cancelled is ended at the provider too', async () => {
    await harness.startWorker();
    await harness.simulator.addFault({ endpoint: 'responses', kind: 'silence' });
    const run = await start();
    await eventually('the call', async () => (await harness.simulator.ledger()).length > 0);
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
    await eventually('the end of the background call', async () => {
      const ledger = await harness.simulator.ledger();
      return ledger.some(({ operation }) => operation === 'cancel') && ledger[0]?.endedAt !== undefined;
    });
  });
});
