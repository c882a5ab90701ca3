import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { askIn, audited, pendingOf, signal } from './asking';

describe('a decision', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  const approved = { outcome: 'approved', by: 'ana@acme' } as const;
  const edit = { outcome: 'edited', content: { text: 'edited' } } as const;

  test('on content that was edited in between is refused as stale, recorded, and changes nothing', async () => {
    const { run, pending } = await askIn(harness, { allow: ['approve', 'reject', 'edit'], required: 2 });
    await run.decide('publish', { ...edit, by: 'ana@acme' });
    await expect(run.decide('publish', { ...approved, by: 'bo@acme', digest: pending.digest })).rejects.toMatchObject({
      type: 'Approval.Stale',
    });
    const now = await pendingOf(run);
    expect(now).toMatchObject({ show: { text: 'edited' }, votes: [{ by: 'ana@acme', outcome: 'edited' }] });
    expect(now.digest).not.toBe(pending.digest);
    await run.decide('publish', { ...approved, by: 'bo@acme', digest: now.digest });
    expect(await run.result()).toMatchObject({ outcome: 'edited', content: { text: 'edited' }, by: 'bo@acme' });
    expect(await audited(run, 'refused')).toMatchObject([
      { by: 'bo@acme', digest: pending.digest, reason: expect.stringContaining('Approval.Stale') },
    ]);
  });

  test('that was accepted and refused stands in history as such', async () => {
    const { run } = await askIn(harness);
    await expect(run.decide('publish', { ...approved, digest: '0'.repeat(32) })).rejects.toMatchObject({
      type: 'Approval.Stale',
    });
    const { events } = await harness.temporal.workflow.getHandle(run.workflowId).fetchHistory();
    const outcomes = (events ?? []).flatMap(
      (event) =>
        event.workflowExecutionUpdateCompletedEventAttributes?.outcome?.failure?.applicationFailureInfo?.type ?? [],
    );
    expect(outcomes).toEqual(['Approval.Stale']);
    await run.decide('publish', approved);
    await run.result();
  });

  test('without a digest is malformed for whoever talks to Temporal directly', async () => {
    const { run } = await askIn(harness);
    const handle = harness.temporal.workflow.getHandle(run.workflowId);
    const sent = handle.executeUpdate('decide', { args: [{ approval: 'publish', ...approved }] });
    await expect(sent).rejects.toMatchObject({ cause: { type: 'Approval.Malformed' } });
    await run.decide('publish', approved);
    await run.result();
  });

  test('counts once however often and on whatever way it is sent', async () => {
    const { run, pending } = await askIn(harness, { required: 2 });
    const decision = { ...approved, digest: pending.digest, id: 'click-1' };
    await Promise.all([run.decide('publish', decision), run.decide('publish', decision)]);
    await signal(harness, run, { approval: 'publish', ...decision });
    await run.decide('publish', decision);
    expect((await pendingOf(run)).votes).toHaveLength(1);
    await run.decide('publish', { ...approved, by: 'bo@acme' });
    expect(await run.result()).toMatchObject({ outcome: 'approved', votes: [{ by: 'ana@acme' }, { by: 'bo@acme' }] });
    expect(await audited(run, 'decided')).toHaveLength(2);
    expect(await audited(run, 'repeated')).toHaveLength(3);
  });

  test('that is sent again after the run has continued as new is answered and meets no later question', async () => {
    const { run, pending } = await askIn(harness, { runs: 3 }, { pipeline: 'askPerRun' });
    const decision = { ...approved, digest: pending.digest, id: 'click-1' };
    await run.decide('publish', decision);
    const second = await pendingOf(run, 1);
    expect(second).toMatchObject({ title: pending.title, show: pending.show });
    await run.decide('publish', decision);
    await expect(run.decide('publish', { ...decision, id: 'click-2' })).rejects.toMatchObject({
      type: 'Approval.Stale',
    });
    await run.decide('publish', { outcome: 'rejected', by: 'ana@acme' });
    await pendingOf(run, 2);
    await run.decide('publish', approved);
    expect(await run.result()).toEqual(['approved', 'rejected', 'approved']);
    const { entries, isComplete } = await run.audit();
    expect(isComplete).toBe(true);
    expect(entries.map(({ event, occurrence }) => `${event} ${occurrence}`)).toEqual([
      'asked 0',
      'decided 0',
      'closed 0',
      'asked 1',
      'repeated 1',
      'refused 1',
      'decided 1',
      'closed 1',
      'asked 2',
      'decided 2',
      'closed 2',
    ]);
    expect(new Set(entries.map(({ runId }) => runId)).size).toBe(3);
  });

  test('that comes by signal a thousand times is one decision, and the run goes on', async () => {
    const { run, pending } = await askIn(harness);
    const handle = harness.temporal.workflow.getHandle(run.workflowId);
    const good = { approval: 'publish', ...approved, digest: pending.digest, id: 'flood' };
    const bad = { ...good, digest: 'f'.repeat(32), id: 'other' };
    for (let batch = 0; batch < 10; batch++) {
      await Promise.all(
        Array.from({ length: 100 }, () => handle.signal('decision', batch === 5 ? good : bad).catch(() => undefined)),
      );
    }
    expect(await run.result()).toMatchObject({ outcome: 'approved' });
    expect(await audited(run, 'decided')).toHaveLength(1);
  });

  test('of no usable form may come ten thousand times', async () => {
    const { run } = await askIn(harness);
    const handle = harness.temporal.workflow.getHandle(run.workflowId);
    // The server takes 10,000 signals of a run; some are left for the end.
    for (let sent = 300; sent <= 9_900; sent += 300) {
      await Promise.all(Array.from({ length: 300 }, () => handle.signal('decision', 'junk')));
      await eventually('all of them', async () => (await run.status()).ignoredDecisions === sent);
    }
    await run.decide('publish', approved);
    expect(await run.result()).toMatchObject({ outcome: 'approved' });
    expect(await run.audit()).toMatchObject({ ignoredSignals: 9_900, omitted: 0 });
  }, 120_000);

  test('for a run that has ended, or never was, is refused by its type', async () => {
    const { run, pending } = await askIn(harness);
    await run.decide('publish', approved);
    await run.result();
    const late = { ...approved, digest: pending.digest };
    await expect(run.decide('publish', late)).rejects.toMatchObject({ type: 'Pipeline.NotFound' });
    await expect(harness.client.run('askWith:nobody').decide('publish', late)).rejects.toMatchObject({
      type: 'Pipeline.NotFound',
    });
  });
});
