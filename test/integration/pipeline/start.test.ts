import { randomUUID } from 'node:crypto';
import { connect } from '../../../src/client';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

describe('HoldfastClient.start', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  const nothingStarted = async (workflowId: string): Promise<void> => {
    await expect(harness.temporal.workflow.getHandle(workflowId).describe()).rejects.toThrow(/not found/i);
  };

  test('refuses an unknown pipeline and names the known ones', async () => {
    const id = randomUUID();
    await expect(harness.client.start('reserchReport', {}, { id })).rejects.toMatchObject({
      type: 'Pipeline.Unknown',
      message: expect.stringContaining('researchReport'),
    });
    await nothingStarted(`reserchReport:${id}`);
  });

  test('refuses a wrong input before anything is started', async () => {
    const id = randomUUID();
    await expect(harness.client.start('researchReport', { topic: 7 }, { id })).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: expect.stringContaining('topic'),
    });
    await nothingStarted(`researchReport:${id}`);
  });

  test.each(['', 'a/b', 'a b', 'ä', 'x'.repeat(201), undefined])('refuses the id %p', async (id) => {
    await expect(harness.client.start('ask', {}, { id: id as string })).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: expect.stringContaining('id:'),
    });
  });

  test('the same id and input attaches to the open run, other input is refused, a closed id starts afresh', async () => {
    const id = randomUUID();
    const first = await harness.client.start('ask', { deadline: '3600s' }, { id });
    const again = await harness.client.start('ask', { deadline: '3600s' }, { id });
    expect((await again.describe()).runId).toBe((await first.describe()).runId);
    await expect(harness.client.start('ask', { deadline: '7200s' }, { id })).rejects.toMatchObject({
      type: 'Pipeline.AlreadyStarted',
      message: expect.stringContaining(`ask:${id} is running with other input`),
    });
    const { runId } = await first.describe();
    await eventuallyDecide(harness, `ask:${id}`);
    await first.result();
    const fresh = await harness.client.start('ask', { deadline: '7200s' }, { id });
    expect((await fresh.describe()).runId).not.toBe(runId);
    await eventuallyDecide(harness, `ask:${id}`);
    await fresh.result();
  });

  test('the handle of a run that has ended decides and cancels nothing in a later run of its id', async () => {
    const id = randomUUID();
    const first = await harness.client.start('ask', {}, { id });
    await eventuallyDecide(harness, `ask:${id}`);
    await first.result();
    const second = await harness.client.start('ask', {}, { id });
    await eventually('the question', async () => (await second.status()).approvals.length === 1);
    await expect(first.decide('publish', { outcome: 'approved', by: 'late@acme' })).rejects.toMatchObject({
      type: 'Pipeline.NotFound',
    });
    await expect(first.cancel()).rejects.toMatchObject({ type: 'Pipeline.NotFound' });
    await second.decide('publish', { outcome: 'rejected', by: 'ana@acme' });
    expect(await second.result()).toMatchObject({ outcome: 'rejected' });
  });

  test('a run that has continued as new is attached to, decided and waited for like any other', async () => {
    const id = randomUUID();
    const first = await harness.client.start('askLast', { runs: 3 }, { id });
    await eventually('the question', async () => (await first.status()).approvals.length === 1);
    const again = await harness.client.start('askLast', { runs: 3 }, { id });
    await again.decide('publish', { outcome: 'approved', by: 'ana@acme' });
    expect(await Promise.all([first.result(), again.result()])).toEqual(['approved', 'approved']);
  });

  test('the run of another tenant is not attached to', async () => {
    const id = randomUUID();
    const run = await harness.client.start('ask', { deadline: '3600s' }, { id, tenant: 'acme' });
    await expect(harness.client.start('ask', { deadline: '3600s' }, { id, tenant: 'other' })).rejects.toMatchObject({
      type: 'Pipeline.AlreadyStarted',
    });
    await run.cancel();
  });

  test('a run is attached to whatever priority it has', async () => {
    const id = randomUUID();
    const run = await harness.client.start('ask', { deadline: '3600s' }, { id, priority: 'premium' });
    const again = await harness.client.start('ask', { deadline: '3600s' }, { id });
    expect((await again.describe()).runId).toBe((await run.describe()).runId);
    expect(await again.memo()).toMatchObject({ tenant: 'default', priority: 'premium' });
    await run.cancel();
  });

  test('the budget stands in the memo, and a run with another one is not attached to', async () => {
    const id = randomUUID();
    const input = { deadline: '3600s' };
    const run = await harness.client.start('ask', input, { id, budget: { usd: 2, tokens: 1_000, time: '10m' } });
    expect(await run.memo()).toMatchObject({ budget: { usd: 2, tokens: 1_000, timeMs: 600_000 } });
    const again = await harness.client.start('ask', input, { id, budget: { time: 600_000, tokens: 1_000, usd: 2 } });
    expect((await again.describe()).runId).toBe((await run.describe()).runId);
    for (const budget of [{ usd: 3 }, undefined]) {
      await expect(harness.client.start('ask', input, { id, ...(budget && { budget }) })).rejects.toMatchObject({
        type: 'Pipeline.AlreadyStarted',
        message: expect.stringContaining(`is running with another budget ({"timeMs":600000,"tokens":1000,"usd":2})`),
      });
    }
    await run.cancel();
  });

  test('inputs that differ only in a date are different inputs', async () => {
    const id = randomUUID();
    const run = await harness.client.start('ask', { deadline: '3600s', at: new Date(1) }, { id });
    await expect(harness.client.start('ask', { deadline: '3600s', at: new Date(2) }, { id })).rejects.toMatchObject({
      type: 'Pipeline.AlreadyStarted',
    });
    await run.cancel();
  });

  test.each<[string, unknown, object, RegExp]>([
    ['a big integer', { count: 1n }, {}, /input: not JSON/],
    ['a circle', circle(), {}, /input: not JSON/],
    [
      '3 MB',
      { text: 'x'.repeat(3_000_000) },
      {},
      /input has 3000011 bytes of JSON, at most 1500000 are taken; larger ones need a payload store/,
    ],
    ['a tenant that is no name', {}, { tenant: 'a\nb' }, /tenant: expected/],
    ['a tenant of 30 kB', {}, { tenant: 'x'.repeat(30_000) }, /tenant: expected/],
    [
      'a priority that is none',
      {},
      { priority: 'urgent' },
      /priority: expected premium or standard, received "urgent"/,
    ],
    ['a priority that is no text', {}, { priority: 7n }, /priority: expected premium or standard/],
    ['a budget of nothing', {}, { budget: { usd: 0 } }, /budget\.usd: expected US dollars, a number > 0, received 0/],
  ])('refuses %s before anything is started', async (_, input, options, message) => {
    const id = randomUUID();
    await expect(harness.client.start('ask', input, { id, ...options })).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: expect.stringMatching(message),
    });
    await nothingStarted(`ask:${id}`);
  });

  test('a pipeline that asks for no lanes ends with a typed failure', async () => {
    const run = await harness.client.start('eachWith', { concurrency: 0 }, { id: randomUUID() });
    await expect(run.result()).rejects.toMatchObject({
      details: { failure: 'Pipeline.InvalidInput' },
      message: expect.stringContaining('each: concurrency'),
    });
  });

  test('a run started by other means with a wrong input ends at once with the same typed error', async () => {
    const handle = await harness.temporal.workflow.start('researchReport', {
      workflowId: `researchReport:${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [{ topic: 'x' }],
    });
    await expect(harness.client.run(handle.workflowId).result()).rejects.toMatchObject({
      type: 'Pipeline.Failed',
      details: { failure: 'Pipeline.InvalidInput' },
    });
  });

  test('a run that fails says which class failed', async () => {
    const run = await harness.client.start('failTyped', {}, { id: randomUUID() });
    await expect(run.result()).rejects.toMatchObject({
      type: 'Pipeline.Failed',
      message: expect.stringContaining('Llm.QuotaExhausted: no money left'),
    });
    expect(await run.status()).toMatchObject({ state: 'failed' });
  });

  test('status and decide of a run that does not exist are refused', async () => {
    await expect(harness.client.run('ask:nobody').status()).rejects.toMatchObject({ type: 'Pipeline.NotFound' });
    await expect(
      harness.client.run('ask:nobody').decide('publish', { outcome: 'approved', by: 'x' }),
    ).rejects.toMatchObject({ type: 'Pipeline.NotFound' });
  });

  test('an unreachable server is a typed error that names the address', async () => {
    await expect(connect({ address: '127.0.0.1:1', connectTimeoutMs: 500 })).rejects.toMatchObject({
      type: 'Service.Unreachable',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });
});

function circle(): object {
  const round: { self?: object } = {};
  round.self = round;
  return round;
}

async function eventuallyDecide(harness: Harness, workflowId: string): Promise<void> {
  for (let left = 100; ; left--) {
    try {
      return await harness.client.run(workflowId).decide('publish', { outcome: 'approved', by: 'ana@acme' });
    } catch (error) {
      // Asked before the run's first task has shown the question.
      if (left === 0 || (error as { type?: string }).type !== 'Approval.NotWaiting') throw error;
    }
  }
}
