import { randomUUID } from 'node:crypto';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

describe('HoldfastClient.startAndWait', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  test.each([-1, 0.5, 60_001, '2s', null])('refuses to wait %p before anything is started', async (waitMs) => {
    const id = randomUUID();
    const options = { id, waitMs: waitMs as number };
    await expect(harness.client.startAndWait('askWith', {}, options)).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: expect.stringMatching(/^waitMs: expected a whole number of milliseconds from 0 to 60000, received /),
    });
    await expect(harness.client.find(`askWith:${id}`)).rejects.toMatchObject({ type: 'Pipeline.NotFound' });
  });

  test('answers with the end of a run that is quick', async () => {
    const input = { step: 'test.single', variables: { topic: 'bells' } };
    const { run, status } = await harness.client.startAndWait('oneStep', input, { id: randomUUID(), waitMs: 10_000 });
    expect(status).toMatchObject({ pipeline: 'oneStep', state: 'completed', totals: { steps: 1 } });
    expect(await run.result()).toMatchObject({ tier: 0 });
  });

  test('answers with the question a run waits with, and attaches to it the next time', async () => {
    const id = randomUUID();
    const { run, status } = await harness.client.startAndWait('askWith', { title: 'Go?' }, { id, waitMs: 10_000 });
    expect(status).toMatchObject({ state: 'waitingForPerson', approvals: ['publish'], runId: expect.any(String) });
    const again = await harness.client.startAndWait('askWith', { title: 'Go?' }, { id, waitMs: 0 });
    expect(again.status).toEqual(status);
    await expect(harness.client.startAndWait('askWith', { title: 'Stop?' }, { id })).rejects.toMatchObject({
      type: 'Pipeline.AlreadyStarted',
      message: `askWith:${id} is running with other input; use another id, or wait until it has ended`,
    });
    await again.run.decide('publish', { outcome: 'approved', by: 'ana' });
    expect(await run.result()).toMatchObject({ outcome: 'approved' });
  });

  test('keeps no run from continuing as new', async () => {
    const options = { id: randomUUID(), waitMs: 60_000 };
    const { run, status } = await harness.client.startAndWait('askLast', { runs: 2 }, options);
    expect(status.state).toBe('running');
    await run.cancel();
  });

  test('tells of a failure by its state, and by the result why', async () => {
    const { run, status } = await harness.client.startAndWait('failTyped', {}, { id: randomUUID(), waitMs: 10_000 });
    expect(status.state).toBe('failed');
    await expect(run.result()).rejects.toMatchObject({ type: 'Pipeline.Failed' });
  });
});
