import { cosineOf } from '../../../src/contracts/embedding';
import type { LedgerEntry } from '../../../src/simulator/ledger';
import type { Embedded } from '../../../src/workflows/public';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

const texts = ['The violins carry the melody.', 'A melody of violins.', 'Tax returns are due in May.'];

describe('embed', () => {
  let harness: Harness;
  let runs = 0;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  beforeEach(async () => {
    await harness.simulator.clearFaults();
    await harness.simulator.clearLedger();
  });
  afterAll(() => harness.stop());

  const start = (input: object, options: object = {}) =>
    harness.client.start('embedWith', input, { id: `embed-${harness.taskQueue}-${runs++}`, ...options });
  const embed = async (input: object, options: object = {}): Promise<Embedded> =>
    (await start(input, options)).result<Embedded>();
  const billed = async (): Promise<LedgerEntry[]> =>
    [...(await harness.simulator.ledger())].filter((entry) => entry.billed);

  test('gives a vector for each text, of one model, and says what it has cost', async () => {
    const embedded = await embed({ name: 'test.embed', texts });
    const [violins = [], melody = [], taxes = []] = embedded.vectors;
    expect(embedded).toMatchObject({ model: 'text-embedding-3-small', dimensions: 64 });
    expect(embedded.vectors.map(({ length }) => length)).toEqual([64, 64, 64]);
    expect(cosineOf(violins, melody)).toBeGreaterThan(cosineOf(violins, taxes) + 0.2);
    const [call, ...others] = await billed();
    expect(others).toEqual([]);
    expect(embedded.usage).toEqual({ inputTokens: call?.inputTokens, outputTokens: 0 });
    expect(embedded.costUsd).toBeCloseTo(((call?.inputTokens ?? 0) * 0.02) / 1e6, 12);
  });

  test('goes on at another endpoint of the same model when one is down, in the same attempt', async () => {
    await harness.simulator.addFault({ endpoint: 'east', kind: 'status', status: 503 });
    const embedded = await embed({ name: 'test.embed', texts });
    expect(embedded.attempts.map(({ endpoint, outcome }) => [endpoint, outcome])).toEqual([
      ['vectors-a', 'Llm.Overloaded'],
      ['vectors-b', 'succeeded'],
    ]);
    expect(await billed()).toHaveLength(1);
  });

  test('puts many texts into calls of so many, in their order, each under its own reservation', async () => {
    const many = Array.from({ length: 7 }, (_, index) => `text number ${index} about ${'abcdefg'[index]}`);
    const embedded = await embed({ name: 'test.embed', texts: many, options: { textsPerCall: 3 } });
    const alone = await embed({ name: 'test.embed', texts: [many[4]] });
    expect(embedded.vectors).toHaveLength(7);
    expect(cosineOf(embedded.vectors[4] ?? [], alone.vectors[0] ?? [])).toBeCloseTo(1, 6);
    const calls = await billed();
    expect(calls).toHaveLength(4);
    expect(new Set(calls.map(({ callId }) => callId)).size).toBe(4);
    expect(calls.every(({ status }) => status === 200)).toBe(true);
  });

  test('with cached, another run of the tenant pays nothing for the same texts, another tenant does', async () => {
    const first = await embed({ name: 'test.embedOnce', texts }, { tenant: 'acme' });
    const second = await embed({ name: 'test.embedOnce', texts }, { tenant: 'acme' });
    expect(second).toMatchObject({ vectors: first.vectors, costUsd: 0, attempts: [{ outcome: 'cached' }] });
    await embed({ name: 'test.embedOnce', texts }, { tenant: 'umbrella' });
    expect(await billed()).toHaveLength(2);
  });

  test('is not bought again by a run that is reset to its start', async () => {
    const run = await start({ name: 'test.embed', texts });
    const { vectors } = await run.result<Embedded>();
    const { runId } = await harness.temporal.workflow.getHandle(run.workflowId).describe();
    await harness.temporal.workflowService.resetWorkflowExecution({
      namespace: harness.temporal.options.namespace,
      workflowExecution: { workflowId: run.workflowId, runId },
      workflowTaskFinishEventId: 3 as never,
      requestId: `reset-${run.workflowId}`,
      reason: 'a test',
    });
    expect(await harness.temporal.workflow.getHandle(run.workflowId).result()).toMatchObject({ vectors });
    expect(await billed()).toHaveLength(1);
  });

  test('is paid from the run’s budget, and refused before it is sent when that is too small', async () => {
    const run = await start({ name: 'test.embed', texts }, { budget: { tokens: 5 } });
    await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Budget.Exceeded' } });
    expect(await harness.simulator.ledger()).toEqual([]);
  });

  test('shows its calls in the status like those of steps', async () => {
    const run = await start({ name: 'test.embed', texts });
    await run.result();
    const { steps, totals } = await run.status();
    expect(steps).toMatchObject([{ step: 'test.embed', state: 'completed', endpoint: 'vectors-a', outputTokens: 0 }]);
    expect(totals).toMatchObject({ steps: 1, inputTokens: (await billed())[0]?.inputTokens });
  });

  test.each([
    ['no texts', { name: 'test.embed', texts: [] }, 'Pipeline.InvalidInput', 'expected a list of one text or more'],
    ['an empty text', { name: 'test.embed', texts: ['a', ' '] }, 'Pipeline.InvalidInput', 'text 1: expected text'],
    [
      'too many a call',
      { name: 'test.embed', texts, options: { textsPerCall: 101 } },
      'Pipeline.InvalidInput',
      'textsPerCall: expected a whole number from 1 to 100',
    ],
    [
      'a text longer than the window',
      { name: 'test.embed', texts: ['word '.repeat(9_000)] },
      'Llm.ContextTooLong',
      'does not fit the 8191 tokens that pool vectors takes of each',
    ],
    [
      'an unknown name',
      { name: 'test.embde', texts },
      'Config.Invalid',
      'embeddings.test.embde: there is no such embedding (known: test.embed, test.embedOnce)',
    ],
    ['a step', { name: 'test.single', texts }, 'Config.Invalid', 'it is a step, which is called by step()'],
  ])('%s is a typed failure, and nothing is sent', async (_, input, failure, message) => {
    const run = await start(input);
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      details: { failure },
    });
    expect(await harness.simulator.ledger()).toEqual([]);
  });

  test('a step of an embedding’s name is told so', async () => {
    const input = { step: 'test.embed', variables: { topic: 'a' } };
    const run = await harness.client.start('oneStep', input, { id: `not-step-${harness.taskQueue}` });
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringContaining('it is an embedding, which is called by embed()') as string,
    });
  });
});
