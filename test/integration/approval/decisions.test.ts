import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import type { RunHandle } from '../../../src/client';

describe('approval', () => {
  let harness: Harness;
  let runs = 0;

  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  const ask = async (options: object = {}): Promise<RunHandle> => {
    const run = await harness.client.start('ask', options, { id: `ask-${runs++}` });
    await eventually('the question', async () => (await run.status()).approvals.length === 1);
    return run;
  };

  test('is shown by the status query while it waits, and by the details panel', async () => {
    const run = await ask({ deadline: '3600s' });
    const status = await run.status();
    expect(status).toMatchObject({ state: 'waitingForPerson', pipeline: 'ask' });
    expect(status.approvals).toEqual([
      {
        name: 'publish',
        occurrence: 0,
        title: 'Publish this?',
        show: { text: 'shown' },
        digest: expect.stringMatching(/^[0-9a-f]{32}$/),
        allow: ['approve', 'reject', 'edit'],
        askedAt: expect.any(String),
        deadlineAt: expect.any(String),
      },
    ]);
    const details = await harness.temporal.workflow.getHandle(run.workflowId).query('__temporal_workflow_metadata');
    expect(JSON.stringify(details)).toContain('Waiting for a decision');
    await run.decide('publish', { outcome: 'rejected', by: 'ana@acme' });
  });

  test('approved: the pipeline goes on with what was shown', async () => {
    const run = await ask();
    await run.decide('publish', { outcome: 'approved', by: 'ana@acme', comment: 'fine' });
    expect(await run.result()).toEqual({
      outcome: 'approved',
      content: { text: 'shown' },
      by: 'ana@acme',
      comment: 'fine',
      at: expect.any(String),
    });
  });

  test('edited: the pipeline goes on with the edited content', async () => {
    const run = await ask();
    await run.decide('publish', { outcome: 'edited', by: 'ana@acme', content: { text: 'better' } });
    expect(await run.result()).toMatchObject({ outcome: 'edited', content: { text: 'better' } });
  });

  test('an edit that does not pass its check is refused, and the approval waits on', async () => {
    const run = await ask({ checked: true });
    await expect(
      run.decide('publish', { outcome: 'edited', by: 'ana@acme', content: { text: 7 } }),
    ).rejects.toMatchObject({
      type: 'Approval.Malformed',
      message: expect.stringContaining('text: expected text'),
    });
    await run.decide('publish', { outcome: 'rejected', by: 'ana@acme' });
    expect(await run.result()).toMatchObject({ outcome: 'rejected', content: { text: 'shown' } });
  });

  test('the same decision by plain signal counts as well', async () => {
    const run = await ask();
    const digest = (await run.status()).approvals[0]?.digest;
    await harness.temporal.workflow
      .getHandle(run.workflowId)
      .signal('decision', { approval: 'publish', outcome: 'approved', by: 'signal@acme', digest });
    expect(await run.result()).toMatchObject({ outcome: 'approved', by: 'signal@acme' });
  });

  test.each([
    ['undefined', undefined],
    ['text', 'approve!'],
    ['an unknown outcome', { approval: 'publish', outcome: 'yes', by: 'x' }],
    ['another approval', { approval: 'other', outcome: 'approved', by: 'x' }],
    ['no digest', { approval: 'publish', outcome: 'approved', by: 'x' }],
    [
      'prototype keys',
      JSON.parse('{"__proto__": {"approval": "publish"}, "outcome": "approved", "by": "x"}') as unknown,
    ],
  ])('a signal with %s is counted, ignored and harms nothing', async (_, value) => {
    const run = await ask();
    await harness.temporal.workflow.getHandle(run.workflowId).signal('decision', value);
    await eventually('the count', async () => (await run.status()).ignoredDecisions === 1);
    await run.decide('publish', { outcome: 'approved', by: 'ana@acme' });
    expect(await run.result()).toMatchObject({ outcome: 'approved' });
  });

  test.each(['signal', 'update'] as const)(
    'an edit by %s whose check breaks is refused, and the run goes on',
    async (way) => {
      const run = await ask({ brokenCheck: true });
      const decision = { outcome: 'edited', by: 'ana@acme', content: { text: 7 } } as const;
      if (way === 'signal') {
        const handle = harness.temporal.workflow.getHandle(run.workflowId);
        await handle.signal('decision', { approval: 'publish', ...decision });
        await eventually('the count', async () => (await run.status()).ignoredDecisions === 1);
      } else {
        await expect(run.decide('publish', decision)).rejects.toMatchObject({
          type: 'Approval.Malformed',
          message: expect.stringContaining('its check failed'),
        });
      }
      await run.decide('publish', { outcome: 'rejected', by: 'ana@acme' });
      expect(await run.result()).toMatchObject({ outcome: 'rejected' });
    },
  );

  test.each([
    ['outcome', 'publish', { outcome: 'x'.repeat(1_500_000) as never }],
    ['name', 'x'.repeat(1_500_000), { outcome: 'approved' as const }],
  ])('a decision with a %s of 1.5 MB is refused in one short line, and the run goes on', async (_, name, decision) => {
    const run = await ask();
    const refusal = await run.decide(name, { by: 'ana@acme', ...decision }).catch((error: unknown) => error as Error);
    expect(refusal).toMatchObject({ type: expect.stringMatching(/^Approval\./) });
    expect(refusal?.message.length).toBeLessThan(300);
    await run.decide('publish', { outcome: 'rejected', by: 'ana@acme' });
    expect(await run.result()).toMatchObject({ outcome: 'rejected' });
  });

  test('a signal that is no JSON at all is counted, ignored and does not wedge the run', async () => {
    const run = await ask();
    const data = Buffer.from('{not json');
    await harness.temporal.workflowService.signalWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: run.workflowId },
      signalName: 'decision',
      requestId: 'no-json',
      input: { payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data }] },
    });
    await eventually('the count', async () => (await run.status()).ignoredDecisions === 1);
    await run.decide('publish', { outcome: 'approved', by: 'ana@acme' });
    expect(await run.result()).toMatchObject({ outcome: 'approved' });
  });

  test('a refused update leaves no trace in history', async () => {
    const run = await ask();
    const handle = harness.temporal.workflow.getHandle(run.workflowId);
    const before = (await handle.fetchHistory()).events?.length;
    await expect(run.decide('publish', { outcome: 'maybe' as never, by: 'ana@acme' })).rejects.toMatchObject({
      type: 'Approval.Malformed',
    });
    expect((await handle.fetchHistory()).events?.length).toBe(before);
    await run.decide('publish', { outcome: 'approved', by: 'ana@acme' });
    await run.result();
  });

  test('of two decisions sent at once exactly one counts, the other is told so', async () => {
    const run = await ask();
    const sent = await Promise.allSettled([
      run.decide('publish', { outcome: 'approved', by: 'first@acme' }),
      run.decide('publish', { outcome: 'rejected', by: 'second@acme' }),
    ]);
    expect(sent.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const refused = sent.find((one) => one.status === 'rejected');
    expect((refused as PromiseRejectedResult).reason).toMatchObject({
      type: expect.stringMatching(/^(Approval\.NotWaiting|Approval\.Stale|Pipeline\.NotFound)$/),
    });
    const winner = sent[0].status === 'fulfilled' ? 'approved' : 'rejected';
    expect(await run.result()).toMatchObject({ outcome: winner });
  });

  test('an approval that is not waiting is refused, naming those that are', async () => {
    const run = await ask();
    await expect(run.decide('publsh', { outcome: 'approved', by: 'ana@acme' })).rejects.toMatchObject({
      type: 'Approval.NotWaiting',
      message: expect.stringContaining('waiting: publish'),
    });
    await run.decide('publish', { outcome: 'approved', by: 'ana@acme' });
    await run.result();
  });

  test('a closed run takes no decision', async () => {
    const run = await ask();
    await run.decide('publish', { outcome: 'approved', by: 'ana@acme' });
    await run.result();
    await expect(run.decide('publish', { outcome: 'approved', by: 'ana@acme' })).rejects.toMatchObject({
      type: 'Pipeline.NotFound',
    });
  });

  test('a decision on the first question does not answer the second of the same name', async () => {
    const run = await harness.client.start('askTwice', {}, { id: `twice-${runs++}` });
    await eventually('turn 0', async () => (await run.status()).approvals[0]?.title === 'Turn 0');
    await run.decide('publish', { outcome: 'approved', by: 'one' });
    await eventually('turn 1', async () => (await run.status()).approvals[0]?.title === 'Turn 1');
    await run.decide('publish', { outcome: 'rejected', by: 'two' });
    expect(await run.result()).toEqual(['approved by one', 'rejected by two']);
  });

  test.each([
    ['expire', 'expired'],
    ['reject', 'rejected'],
    ['approve', 'approved'],
  ] as const)('at the deadline, onExpiry %s gives %s', async (onExpiry, outcome) => {
    const run = await harness.client.start('ask', { deadline: '1s', onExpiry }, { id: `late-${runs++}` });
    const decision = await run.result<{ outcome: string; by?: string }>();
    expect(decision).toMatchObject({ outcome, content: { text: 'shown' } });
    expect(decision.by).toBeUndefined();
  });
});
