import type { RunHandle } from '../../../src/client';
import type { PendingApproval } from '../../../src/contracts/approval';
import type { StepResult } from '../../../src/workflows/public';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

const clerk = { by: 'ana@acme', roles: ['clerks'] } as const;

describe('a human tier', () => {
  let harness: Harness;
  let runs = 0;

  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
    await harness.simulator.addFault({ kind: 'status', status: 400 });
  });
  afterAll(() => harness.stop());

  const start = (step: string): Promise<RunHandle> =>
    harness.client.start(
      'oneStep',
      { step, variables: { topic: 'bells' } },
      { id: `human-${harness.taskQueue}-${runs++}` },
    );
  const asked = async (step: string): Promise<{ run: RunHandle; pending: PendingApproval }> => {
    const run = await start(step);
    return { run, pending: await eventually('the question', async () => (await run.status()).approvals[0]) };
  };
  const answer = (run: RunHandle, name: string, value: unknown, who: object = clerk) =>
    run.decide(name, { ...clerk, ...who, outcome: 'answered', answer: value as string });
  const isOpen = async (workflowId: string): Promise<boolean> =>
    (await harness.temporal.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';

  test.each([
    ['a number where the step gives text', 'test.human', 7, /^decision: answer: expected text, received 7$/],
    ['an answer that is not of its schema', 'test.humanStructured', { chapters: 1 }, /does not match ResearchOutline/],
  ])('refuses %s, and waits on', async (_, step, value, message) => {
    const { run, pending } = await asked(step);
    await expect(answer(run, pending.name, value)).rejects.toMatchObject({ type: 'Approval.Malformed', message });
    await expect(answer(run, pending.name, 'x', { roles: ['interns'] })).rejects.toMatchObject({
      type: step === 'test.human' ? 'Approval.Forbidden' : 'Approval.Malformed',
    });
    expect((await run.status()).approvals).toHaveLength(1);
    await run.cancel();
  });

  test('shows in its pipeline what it asks of whom and why, and takes the answer there', async () => {
    const { run, pending } = await asked('test.human');
    expect(pending).toMatchObject({
      name: 'test.human',
      title: 'test.human: Llm.BadRequest',
      show: { step: 'test.human', reason: 'Llm.BadRequest', variables: { topic: 'bells' } },
      allow: ['answer'],
      roles: ['clerks'],
      workflowId: `${run.workflowId}/step/test.human#0/tier/1`,
    });
    const status = await run.status();
    expect(status).toMatchObject({ state: 'waitingForPerson', steps: [{ state: 'asking', tier: 1, degraded: true }] });
    const { items } = await harness.client.inbox({ role: 'clerks' });
    expect(items).toMatchObject([{ workflowId: run.workflowId, approval: { digest: pending.digest } }]);
    // Without a look at the status, as a link or a bot does it.
    await run.decide('test.human', { ...clerk, outcome: 'answered', answer: 'Bells ring.', digest: pending.digest });
    expect(await run.result<StepResult>()).toMatchObject({
      value: 'Bells ring.',
      servedBy: 'ana@acme',
      model: 'human',
      tier: 1,
      degraded: true,
      reason: 'Llm.BadRequest',
      costUsd: 0,
    });
    const { entries } = await run.audit();
    expect(entries).toMatchObject([{ event: 'asked' }, { event: 'closed', outcome: 'answered', by: 'ana@acme' }]);
    const child = await harness.client.run(pending.workflowId as string).audit();
    expect(child.entries.map(({ event }) => event)).toEqual(expect.arrayContaining(['asked', 'decided', 'closed']));
  });

  test('is decided at the workflow that asks as well', async () => {
    const { run, pending } = await asked('test.humanFirst');
    expect(pending.title).toBe('test.humanFirst');
    await answer(harness.client.run(pending.workflowId as string), pending.name, 'Bells ring.');
    expect(await run.result<StepResult>()).toMatchObject({ servedBy: 'ana@acme', tier: 0, degraded: false });
  });

  test('is called off with its pipeline, cancelled or terminated', async () => {
    const cancelled = await asked('test.human');
    await cancelled.run.cancel();
    await expect(cancelled.run.result()).rejects.toMatchObject({ type: 'Pipeline.Failed' });
    expect(await isOpen(cancelled.pending.workflowId as string)).toBe(false);
    const terminated = await asked('test.humanFirst');
    await harness.temporal.workflow.getHandle(terminated.run.workflowId).terminate('test');
    await eventually('the end of the question', async () => !(await isOpen(terminated.pending.workflowId as string)));
  });

  test('that nobody answers ends at its deadline, and the next tier has the time of the step', async () => {
    await harness.simulator.clearFaults();
    const run = await start('test.humanBrief');
    const result = await run.result<StepResult>();
    expect(result).toMatchObject({ servedBy: 'east', tier: 1, degraded: true, reason: 'Approval.Expired' });
  });
});
