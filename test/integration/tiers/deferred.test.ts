import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect } from '../../../src/client';
import type { HoldfastClient, RunHandle } from '../../../src/client';
import type { DeferredNotice } from '../../../src/contracts/deferred';
import type { DeferredStep, StepResult } from '../../../src/workflows/public';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

const secret = 'a secret of both sides';

interface Received {
  readonly key: string | undefined;
  readonly signature: string;
  readonly body: string;
  readonly status: number;
}

describe('a deferred tier', () => {
  let harness: Harness;
  let client: HoldfastClient;
  let receiver: Server;
  let received: Received[] = [];
  /** What the next requests are answered with; 200 once there are no more. */
  let answers: number[] = [];
  let runs = 0;

  const take = async (request: IncomingMessage): Promise<number> => {
    const body = await text(request);
    const status = answers.shift() ?? 200;
    const header = (name: string): string | undefined => request.headers[name]?.toString();
    received.push({ key: header('idempotency-key'), signature: header('holdfast-signature') ?? '', body, status });
    return status;
  };

  beforeAll(async () => {
    harness = await startHarness();
    receiver = createServer((request, response) => {
      void take(request).then((status) => response.writeHead(status).end());
    });
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
    Object.assign(harness.environment, {
      HOLDFAST_NOTIFY_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      HOLDFAST_NOTIFY_WEBHOOK_SECRET: secret,
    });
    await harness.startWorker();
    client = await connect({ environment: harness.environment });
  });
  beforeEach(async () => {
    received = [];
    answers = [];
    await harness.simulator.clearFaults();
  });
  afterAll(async () => {
    await client.close();
    await harness.stop();
    receiver.close();
  });

  const refuse = (endpoint: string) => harness.simulator.addFault({ endpoint, kind: 'status', status: 400 });
  const hang = (endpoint: string) => harness.simulator.addFault({ endpoint, kind: 'hangBeforeHeaders' });
  const start = (input: object, pipeline = 'putOff'): Promise<RunHandle> =>
    harness.client.start(pipeline, input, { id: `deferred-${harness.taskQueue}-${runs++}` });
  const putOff = async (step = 'test.deferred'): Promise<DeferredStep & { readonly run: RunHandle }> => {
    const run = await start({ step, topic: 'bells', then: 'end' });
    return { run, ...(await run.result<DeferredStep>()) };
  };
  const noticesOf = ({ deferred }: DeferredStep): Received[] =>
    received.filter(({ body }) => (JSON.parse(body) as DeferredNotice).workflowId === deferred.workflowId);
  const noticed = (step: DeferredStep): Promise<Received[]> =>
    eventually('the notice', () => {
      const accepted = noticesOf(step).filter(({ status }) => status === 200);
      return Promise.resolve(accepted.length > 0 && accepted);
    });

  test('is a tier like any other to a pipeline that does not say it can be put off', async () => {
    await refuse('east');
    const run = await start({ step: 'test.deferred', variables: { topic: 'bells' } }, 'oneStep');
    expect(await run.result<StepResult>()).toMatchObject({ servedBy: 'claude', tier: 1, reason: 'Llm.BadRequest' });
    await refuse('claude');
    const failing = await start({ step: 'test.deferred', variables: { topic: 'bells' } }, 'oneStep');
    expect(await failing.result<StepResult>()).toMatchObject({ servedBy: 'template', tier: 2 });
    expect(received).toEqual([]);
  });

  test('says at once where the answer will come from and when, and gives it after its pipeline has ended', async () => {
    await refuse('east');
    const beganAtMs = Date.now();
    const accepted = await putOff();
    expect(accepted).toMatchObject({ tier: 1, degraded: true, reason: 'Llm.BadRequest', costUsd: 0 });
    expect(accepted).not.toHaveProperty('value');
    expect(Date.parse(accepted.deferred.expectedAt) - beganAtMs).toBeGreaterThan(0);
    expect(Date.parse(accepted.deferred.expectedAt) - beganAtMs).toBeLessThan(60_000);
    expect((await accepted.run.status()).steps).toMatchObject([{ state: 'deferred', deferred: accepted.deferred }]);
    const result = await client.deferredResult(accepted.deferred.workflowId);
    expect(result).toMatchObject({ servedBy: 'claude', tier: 1, degraded: true, reason: 'Llm.BadRequest' });
    const [notice] = await noticed(accepted);
    expect(JSON.parse(notice?.body ?? '')).toMatchObject({
      event: 'deferred.completed',
      run: accepted.run.workflowId,
      pipeline: 'putOff',
      step: 'test.deferred',
      value: result.value,
      servedBy: 'claude',
    });
  });

  test('its text is followed like that of any step, from its pipeline', async () => {
    await refuse('east');
    const accepted = await putOff();
    let told = '';
    for await (const chunk of client.run(accepted.run.workflowId).stream('test.deferred')) {
      if (chunk.kind === 'reset') told = '';
      if (chunk.kind === 'text') told += chunk.text;
    }
    expect(told).toBe((await client.deferredResult(accepted.deferred.workflowId)).value);
  });

  test.each(['wait', 'waitInNextRun'] as const)('its pipeline can wait for it: %s', async (then) => {
    const run = await start({ step: 'test.deferredFirst', topic: `bells ${then}`, then });
    expect(await run.result<StepResult>()).toMatchObject({ servedBy: 'east', tier: 0, degraded: false });
    const { steps } = await run.status();
    if (then === 'wait') expect(steps).toMatchObject([{ state: 'completed', endpoint: 'east', attempts: 1 }]);
  });

  test('tells a webhook that was down exactly once, signed and under one key', async () => {
    answers = [503];
    const accepted = await putOff('test.deferredFirst');
    await noticed(accepted);
    const notices = noticesOf(accepted);
    expect(notices.map(({ status }) => status)).toEqual([503, 200]);
    expect(new Set(notices.map(({ key, body }) => `${key} ${body}`)).size).toBe(1);
    const { body = '', signature = '' } = notices[1] ?? {};
    const [, seconds = '', v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    expect(createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')).toBe(v1);
  });

  test('that fails tells so, to whoever waits and by the webhook', async () => {
    await refuse('east');
    const run = await start({ step: 'test.deferredFirst', topic: 'bells', then: 'wait' });
    await expect(run.result()).rejects.toMatchObject({
      type: 'Pipeline.Failed',
      details: { failure: 'Llm.BadRequest' },
    });
    const [notice] = await eventually('the notice', () => Promise.resolve(received.length > 0 && received));
    expect(JSON.parse(notice?.body ?? '')).toMatchObject({
      event: 'deferred.failed',
      failure: { type: 'Llm.BadRequest' },
    });
  });

  const deferralOf = (run: RunHandle) =>
    eventually('the deferred step', async () => (await run.status()).steps[0]?.deferred);

  test('is cancelled with its pipeline, and goes on when that is terminated', async () => {
    const fault = await hang('east');
    const cancelled = await start({ step: 'test.deferredFirst', topic: 'cancel', then: 'linger' });
    const terminated = await start({ step: 'test.deferredFirst', topic: 'terminate', then: 'wait' });
    const [{ workflowId }, goesOn] = [await deferralOf(cancelled), await deferralOf(terminated)];
    await cancelled.cancel();
    await harness.temporal.workflow.getHandle(terminated.workflowId).terminate('test');
    await expect(client.deferredResult(workflowId)).rejects.toMatchObject({ type: 'Pipeline.Failed' });
    expect((await client.run(workflowId).describe()).state).toBe('CANCELLED');
    await harness.simulator.removeFault(fault.id);
    expect(await client.deferredResult(goesOn.workflowId)).toMatchObject({ servedBy: 'east' });
  }, 60_000);

  test('is the same after a reset of its pipeline, and still cancelled with it', async () => {
    await hang('east');
    const reset = await start({ step: 'test.deferredFirst', topic: 'reset', then: 'wait' });
    const before = await deferralOf(reset);
    const { runId: first } = await client.run(before.workflowId).describe();
    const { workflowService, options } = harness.temporal.workflow;
    const { runId } = await reset.describe();
    await workflowService.resetWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId: reset.workflowId, runId },
      workflowTaskFinishEventId: 3 as never,
      requestId: 'reset',
    });
    const again = harness.client.run(reset.workflowId);
    expect(await deferralOf(again)).toMatchObject({ workflowId: before.workflowId });
    await again.cancel();
    await expect(client.deferredResult(before.workflowId)).rejects.toMatchObject({ type: 'Pipeline.Failed' });
    expect(await client.run(before.workflowId).describe()).toMatchObject({ runId: first, state: 'CANCELLED' });
    await expect(again.result()).rejects.toMatchObject({ type: 'Pipeline.Failed' });
    expect((await again.describe()).state).toBe('CANCELLED');
  }, 60_000);

  test('an answer that is not there any more is told as such', async () => {
    const run = await start({
      step: 'x',
      topic: 'x',
      then: 'wait',
      deferral: { workflowId: 'nobody', expectedAt: '' },
    });
    await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Pipeline.NotFound' } });
    await expect(client.deferredResult('nobody')).rejects.toMatchObject({ type: 'Pipeline.NotFound' });
  });
});
