import type { StepResult } from '../../../src/workflows/public';
import type { FaultInput } from '../../../src/simulator/faults/fault';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

/** Each rule of the ladder in the order it is walked: another endpoint, a later attempt, another tier, a typed end. */
describe('step', () => {
  let harness: Harness;
  let runs = 0;

  beforeEach(async () => {
    // A world of its own for each test: a paused endpoint of one must not be found paused by the next.
    harness = await startHarness();
    await harness.startWorker();
  });
  afterEach(() => harness.stop());

  const start = (step: string) =>
    harness.client.start(
      'oneStep',
      { step, variables: { topic: 'bells' } },
      { id: `run-${harness.taskQueue}-${runs++}` },
    );
  const run = async (step: string): Promise<StepResult> => (await start(step)).result<StepResult>();
  const fault = (input: FaultInput) => harness.simulator.addFault(input);
  const walked = (result: StepResult) =>
    result.attempts.map((made) => [made.tier, made.attempt, made.hop, made.outcome]);

  test('is answered by the first tier when nothing is wrong, with one paid call', async () => {
    const result = await run('test.plain');
    expect(result).toMatchObject({
      value: expect.any(String),
      tier: 0,
      degraded: false,
      promptVersion: 'test/answer@1',
    });
    expect(walked(result)).toEqual([[0, 1, 0, 'succeeded']]);
    const ledger = await harness.simulator.ledger();
    expect(ledger.map((entry) => [entry.billed, entry.inputTokens, entry.outputTokens])).toEqual([
      [true, result.usage.inputTokens, result.usage.outputTokens],
    ]);
    expect(result.costUsd).toBeCloseTo((result.usage.inputTokens * 1 + result.usage.outputTokens * 10) / 1e6, 10);
  });

  test.each<[string, FaultInput, unknown]>([
    ['500', { kind: 'status', status: 500 }, 'Llm.ServerError'],
    ['503', { kind: 'status', status: 503 }, 'Llm.Overloaded'],
    ['a refused connection', { kind: 'refuse' }, 'Llm.Connection'],
    ['silence before the first token', { kind: 'hangBeforeHeaders' }, 'Llm.Timeout'],
    ['silence in the middle', { kind: 'silence' }, 'Llm.Stalled'],
    ['a cut stream', { kind: 'cutStream' }, expect.stringMatching(/^Llm\.(Truncated|Connection)$/)],
    ['a stream that ends early as if it were complete', { kind: 'cutStream', how: 'end' }, 'Llm.Truncated'],
    ['an answer without content', { kind: 'emptyAnswer' }, 'Llm.EmptyResponse'],
    [
      'a rate limit that should not have been',
      { kind: 'status', status: 429, headers: { 'retry-after': '2' } },
      'Llm.RateLimited',
    ],
    ['an exhausted account', { kind: 'status', status: 429, code: 'insufficient_quota' }, 'Llm.QuotaExhausted'],
    ['a refused key', { kind: 'status', status: 401 }, 'Llm.Authentication'],
  ])('after %s hops to the other endpoint inside the same attempt', async (_, input, outcome) => {
    await fault({ ...input, count: 1 });
    const result = await run('test.plain');
    expect(walked(result)).toEqual([
      [0, 1, 0, outcome],
      [0, 1, 1, 'succeeded'],
    ]);
    expect(result.attempts[0]?.endpoint).not.toBe(result.attempts[1]?.endpoint);
    expect(result.degraded).toBe(false);
    expect(await harness.simulator.ledger()).toHaveLength(2);
  });

  test('with no endpoint left, Temporal retries the attempt, and the pending retry names its cause', async () => {
    await fault({ endpoint: 'east', kind: 'status', status: 503, count: 2 });
    const handle = await start('test.single');
    const description = await eventually('the pending retry', async () => {
      const { raw } = await harness.temporal.workflow.getHandle(handle.workflowId).describe();
      const pending = raw.pendingActivities?.find((activity) => activity.activityType?.name === 'callModel');
      return pending?.lastFailure == null ? undefined : pending;
    });
    expect(description.lastFailure).toMatchObject({
      message: expect.stringMatching(/east.*503/),
      applicationFailureInfo: { type: 'Llm.Overloaded', nonRetryable: false },
    });
    const result = await handle.result<StepResult>();
    expect(walked(result)).toEqual([
      [0, 1, 0, 'Llm.Overloaded'],
      [0, 2, 0, 'Llm.Overloaded'],
      [0, 3, 0, 'succeeded'],
    ]);
  });

  test('retries add no events to the history', async () => {
    const eventsOf = async (id: string): Promise<number> =>
      (await harness.temporal.workflow.getHandle(id).fetchHistory()).events?.length ?? 0;
    const calm = await start('test.single');
    await calm.result();
    await fault({ endpoint: 'east', kind: 'status', status: 500, count: 1 });
    const stormy = await start('test.single');
    expect(walked(await stormy.result<StepResult>())).toHaveLength(2);
    // A retried activity is written when it ends, so its result starts one more workflow task of its own.
    expect((await eventsOf(stormy.workflowId)) - (await eventsOf(calm.workflowId))).toBeLessThanOrEqual(3);
  });

  test('a dead first tier leads to the next one, in a child workflow that says why', async () => {
    await fault({ endpoint: 'east', kind: 'status', status: 503 });
    await fault({ endpoint: 'west', kind: 'status', status: 503 });
    const handle = await start('test.plain');
    const result = await handle.result<StepResult>();
    expect(result).toMatchObject({
      tier: 1,
      degraded: true,
      reason: 'Llm.Overloaded',
      servedBy: 'claude',
      model: expect.stringContaining('claude'),
    });
    const first = result.attempts.filter((made) => made.tier === 0);
    // maximumAttempts + endpoints − 1
    expect(first.length).toBeLessThanOrEqual(3 + 2 - 1);
    const child = harness.temporal.workflow.getHandle(`${handle.workflowId}/step/test.plain#0/tier/1`);
    const described = await child.describe();
    expect(described.status.name).toBe('COMPLETED');
    expect(await described.staticSummary()).toBe('test.plain: tier 2 of 2, pool claude, after Llm.Overloaded');
    const ledger = await harness.simulator.ledger();
    expect(ledger.filter((entry) => entry.billed).map((entry) => entry.endpoint)).toEqual(['claude']);
    expect(ledger).toHaveLength(result.attempts.length);
  });

  test.each<[string, FaultInput, string]>([
    ['400', { kind: 'status', status: 400 }, 'Llm.BadRequest'],
    ['404', { kind: 'status', status: 404 }, 'Llm.ModelNotFound'],
    ['a content filter', { kind: 'contentFilter' }, 'Llm.ContentFiltered'],
  ])('%s fails fast: one call, no hop, no other tier', async (_, input, type) => {
    await fault(input);
    await expect(run('test.plain')).rejects.toMatchObject({ type: 'Pipeline.Failed', details: { failure: type } });
    expect(await harness.simulator.ledger()).toHaveLength(1);
  });

  test('a tier whose child an operator cancels is spent; the run itself is not cancelled', async () => {
    await fault({ endpoint: 'east', kind: 'status', status: 503 });
    await fault({ endpoint: 'claude', kind: 'hangBeforeHeaders' });
    const handle = await start('test.patient');
    await eventually(
      'the call of the child',
      async () => (await harness.simulator.ledger({ endpoint: 'claude' })).length === 1,
    );
    await harness.temporal.workflow.getHandle(`${handle.workflowId}/step/test.patient#0/tier/1`).cancel();
    await expect(handle.result()).rejects.toMatchObject({ details: { failure: 'Llm.Cancelled' } });
    expect(await handle.status()).toMatchObject({ state: 'failed' });
  });

  test('when every tier is spent the failure is typed and tells what was tried', async () => {
    await fault({ kind: 'status', status: 500 });
    const handle = await start('test.quick');
    await expect(handle.result()).rejects.toMatchObject({
      type: 'Pipeline.Failed',
      message: expect.stringContaining('step test.quick failed after 2 tiers'),
    });
    const history = await harness.temporal.workflow.getHandle(handle.workflowId).fetchHistory();
    const { failure } = history.events?.at(-1)?.workflowExecutionFailedEventAttributes ?? {};
    const details = Buffer.from(failure?.applicationFailureInfo?.details?.payloads?.[0]?.data ?? []).toString();
    expect(JSON.parse(details)).toMatchObject({
      step: 'test.quick',
      tiers: [
        { tier: 0, type: 'Llm.ServerError' },
        { tier: 1, type: 'Llm.ServerError' },
      ],
      attempts: [{ endpoint: 'east' }, { endpoint: 'claude' }],
    });
  });

  test('an answer that does not match the schema is repaired once, with the validator message', async () => {
    await fault({ kind: 'invalidJson', text: '{"title": 7}', count: 1 });
    const result = await run('test.structured');
    expect(result).toMatchObject({ tier: 0, value: { title: expect.any(String), sections: expect.any(Array) } });
    const ledger = await harness.simulator.ledger();
    expect(ledger.map((entry) => [entry.endpoint, entry.billed])).toEqual([
      ['east', true],
      ['east', true],
    ]);
    // Both answers were paid for, and both are in the sum.
    expect(result.usage.inputTokens).toBe(ledger.reduce((sum, entry) => sum + entry.inputTokens, 0));
    expect(result.attempts).toHaveLength(2);
  });

  test('an answer that is wrong again after its repair leads to the next tier', async () => {
    await fault({ endpoint: 'east', kind: 'invalidJson', text: 'no JSON at all' });
    const result = await run('test.structured');
    expect(result).toMatchObject({ tier: 1, degraded: true, reason: 'Llm.OutputInvalid', servedBy: 'claude' });
    const ledger = await harness.simulator.ledger();
    expect(ledger.map((entry) => entry.endpoint)).toEqual(['east', 'east', 'claude']);
    // Both wrong answers were paid for, and both are told and in the sum.
    expect(result.attempts.map((made) => made.endpoint)).toEqual(['east', 'east', 'claude']);
    expect(result.usage.inputTokens).toBe(ledger.reduce((sum, entry) => sum + entry.inputTokens, 0));
  });

  test('a repair that does not fit the context window leads to the next tier: the answer is what was wrong', async () => {
    // Each sign is a token: the request fits the window of 8,000 tokens, with its wrong answer it does not.
    await fault({ endpoint: 'east', kind: 'invalidJson', text: '# '.repeat(12_000) });
    const result = await run('test.structured');
    expect(result).toMatchObject({ tier: 1, reason: 'Llm.OutputInvalid', servedBy: 'claude' });
    expect(result.attempts.map((made) => made.endpoint)).toEqual(['east', 'claude']);
  });

  test('what a failed step has cost is in the status and its totals', async () => {
    await fault({ kind: 'invalidJson', text: 'no JSON at all' });
    const handle = await harness.client.start(
      'stepThatMayFail',
      { step: 'test.structured', topic: 'bells' },
      { id: `cost-${harness.taskQueue}` },
    );
    expect(await handle.result()).toBe('failed');
    const { steps, totals } = await handle.status();
    const ledger = await harness.simulator.ledger();
    const inputTokens = ledger.reduce((sum, entry) => sum + entry.inputTokens, 0);
    expect(ledger).toHaveLength(4);
    expect(steps).toMatchObject([{ state: 'failed', failure: 'Llm.OutputInvalid', attempts: 4, inputTokens }]);
    expect(totals).toMatchObject({ attempts: 4, inputTokens });
    expect(totals.costUsd).toBeGreaterThan(0);
  });

  test('an unknown step is a typed end, not a retried defect', async () => {
    await expect(run('test.nothing')).rejects.toMatchObject({
      details: { failure: 'Config.Invalid' },
      message: expect.stringContaining('steps.test.nothing'),
    });
  });

  test('a missing and an unknown prompt variable are refused before the call', async () => {
    const handle = await harness.client.start(
      'oneStep',
      { step: 'test.plain', variables: { subject: 'x' } },
      { id: `vars-${harness.taskQueue}` },
    );
    await expect(handle.result()).rejects.toMatchObject({
      details: { failure: 'Llm.BadRequest' },
      message: expect.stringMatching(/topic|subject/),
    });
    expect(await harness.simulator.ledger()).toHaveLength(0);
  });
});
