import type { StepResult } from '../../../src/workflows/public';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

/** One call of `test.single` may cost 60 output tokens at $10 a million and its input at $1: well under $0.001. */
describe('a budget', () => {
  let harness: Harness;
  let runs = 0;
  beforeEach(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterEach(() => harness.stop());

  const start = (pipeline: string, input: object, options: object = {}) =>
    harness.client.start(pipeline, input, { id: `budget-${harness.taskQueue}-${runs++}`, ...options });
  const paidCalls = async (): Promise<number> => {
    const ledger = await harness.simulator.ledger();
    return ledger.filter((entry) => entry.billed).length;
  };

  test('of a run refuses the call that could go over it, before it is sent, and says by how much', async () => {
    const run = await start(
      'oneStep',
      { step: 'test.single', variables: { topic: 'bells' } },
      { budget: { usd: 0.0001 } },
    );
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringMatching(/budget of run .*\$0\.0000 of \$0\.0001 spent; the next call may cost \$0\.000/),
      details: { failure: 'Budget.Exceeded' },
    });
    expect(await harness.simulator.ledger()).toHaveLength(0);
  });

  test('holds for many steps at once: never more is spent than allowed, whichever of them come through', async () => {
    // The worst case of a call is about 100 tokens: of twenty at once only some may go out.
    const topics = Array.from({ length: 20 }, (_, index) => `topic ${index}`);
    const run = await start('manySteps', { step: 'test.single', topics, concurrency: 20 }, { budget: { tokens: 500 } });
    await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Budget.Exceeded' } });
    const ledger = await harness.simulator.ledger();
    const spent = ledger.reduce((sum, entry) => sum + entry.inputTokens + entry.outputTokens, 0);
    expect(ledger.length).toBeGreaterThan(0);
    expect(spent).toBeLessThanOrEqual(500);
  });

  test('of a tenant holds over all its runs of the day, and for nobody else', async () => {
    const ask = (tenant: string) =>
      start('oneStep', { step: 'test.single', variables: { topic: 'bells' } }, { tenant }).then((run) => run.result());
    const outcomes: string[] = [];
    for (let index = 0; index < 8; index++)
      outcomes.push(
        await ask('frugal').then(
          () => 'answered',
          (error: { details: { failure: string } }) => error.details.failure,
        ),
      );
    expect(outcomes[0]).toBe('answered');
    expect(outcomes.at(-1)).toBe('Budget.Exceeded');
    expect(await ask('lavish')).toMatchObject({ value: expect.any(String) });
    expect(await paidCalls()).toBe(outcomes.filter((outcome) => outcome === 'answered').length + 1);
  });

  test('that the first tier would break is kept by a cheaper one', async () => {
    // Claude is the dearer of the two: $15 a million against $10.
    const run = await start(
      'oneStep',
      { step: 'test.dearFirst', variables: { topic: 'bells' } },
      { budget: { usd: 0.0008 } },
    );
    const result = await run.result<StepResult>();
    expect(result).toMatchObject({ tier: 1, degraded: true, reason: 'Budget.Exceeded', servedBy: 'east' });
  });

  test('makes a call wait for what others in flight only promise, instead of refusing it', async () => {
    // Eight at once hold more than 500 tokens; what they really use fits.
    await harness.simulator.putEndpoint('east', {
      provider: 'openai',
      apiKey: 'key-east',
      latency: { firstTokenMs: 20_000, sigma: 0, tokensPerSecond: 2_000 },
    });
    const topics = Array.from({ length: 8 }, (_, index) => `topic ${index}`);
    const run = await start('manySteps', { step: 'test.single', topics, concurrency: 8 }, { budget: { tokens: 500 } });
    expect(await run.result<StepResult[]>()).toHaveLength(8);
    const ledger = await harness.simulator.ledger();
    expect(ledger.reduce((sum, entry) => sum + entry.inputTokens + entry.outputTokens, 0)).toBeLessThanOrEqual(500);
  });

  test('of time ends the run’s last call, not its step’s own time', async () => {
    await harness.simulator.addFault({ kind: 'hangBeforeHeaders' });
    const startedAt = Date.now();
    const run = await start(
      'oneStep',
      { step: 'test.patient', variables: { topic: 'bells' } },
      { budget: { time: '3s' } },
    );
    await expect(run.result()).rejects.toMatchObject({
      details: { failure: expect.stringMatching(/^(Llm|Capacity)\.Timeout$/) },
    });
    expect(Date.now() - startedAt).toBeLessThan(15_000);
  });

  test('of time holds over all the runs of a chain: when it is over no call is made', async () => {
    const run = await start(
      'stepPerRun',
      { step: 'test.single', topic: 'bells', runs: 500 },
      { budget: { time: '3s' } },
    );
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringContaining('the time its run was given is used up'),
      details: { failure: 'Budget.Exceeded' },
    });
    expect(await paidCalls()).toBeLessThan(100);
  }, 60_000);
});

describe('the time that is left', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterEach(() => harness.stop());

  test('passes over a tier that cannot finish in it', async () => {
    await harness.simulator.addFault({ endpoint: 'east', kind: 'hangBeforeHeaders', count: 1 });
    const run = await harness.client.start(
      'oneStep',
      { step: 'test.lateTier', variables: { topic: 'bells' } },
      { id: `late-${harness.taskQueue}` },
    );
    // Three seconds went by before the first tier was spent: the second needs 19 of 20.
    expect(await run.result<StepResult>()).toMatchObject({ tier: 2, reason: 'Llm.Timeout' });
  });

  test('bounds a call in whole milliseconds, also when less is left than a call may take', async () => {
    await harness.simulator.addFault({ endpoint: 'east', kind: 'hangBeforeHeaders', count: 1 });
    const run = await harness.client.start(
      'oneStep',
      { step: 'test.tightTime', variables: { topic: 'bells' } },
      { id: `tight-${harness.taskQueue}` },
    );
    const result = await run.result<StepResult>();
    expect(result.attempts.map(({ outcome }) => outcome)).toEqual(['Llm.Timeout', 'succeeded']);
  });
});
