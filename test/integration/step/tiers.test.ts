import type { JsonObject } from '../../../src/contracts/json';
import type { Operation } from '../../../src/contracts/operation';
import type { StepResult } from '../../../src/workflows/public';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

/** Tiers that need no model, and what a step does when none is left. */
describe('step', () => {
  let harness: Harness;
  let runs = 0;
  const ruled: JsonObject[] = [];
  const rules = {
    countLetters: (variables: JsonObject): Promise<string> => {
      ruled.push(variables);
      if (variables['topic'] === 'broken') throw new Error('no such letter');
      return Promise.resolve(`${JSON.stringify(variables['topic']).length - 2} letters`);
    },
  };

  beforeEach(async () => {
    ruled.length = 0;
    harness = await startHarness();
    await harness.startWorker(rules);
  });
  afterEach(() => harness.stop());

  const outage = () => harness.simulator.addFault({ kind: 'status', status: 503 });
  const start = (step: string, topic = 'bells') =>
    harness.client.start('oneStep', { step, variables: { topic } }, { id: `tiers-${harness.taskQueue}-${runs++}` });
  const run = async (step: string, topic?: string): Promise<StepResult> =>
    (await start(step, topic)).result<StepResult>();

  test('a template answers when no model does, with the step’s variables, at no cost', async () => {
    await outage();
    expect(await run('test.withTemplate')).toMatchObject({
      value: 'Nothing is known about bells at the moment.',
      servedBy: 'template',
      tier: 1,
      degraded: true,
      reason: 'Llm.Overloaded',
      costUsd: 0,
    });
  });

  test('a rule answers when no model does: an activity of the worker’s own', async () => {
    await outage();
    expect(await run('test.withRule')).toMatchObject({ value: '5 letters', servedBy: 'rule countLetters', tier: 1 });
    expect(ruled).toEqual([{ topic: 'bells' }]);
  });

  test('a rule that fails leads to the next tier', async () => {
    await outage();
    const result = await run('test.withRule', 'broken');
    expect(result).toMatchObject({ value: 'Nobody knows.', servedBy: 'template', tier: 2, degraded: true });
  }, 60_000);

  test('a refused content goes where the step says, and to no other model', async () => {
    await harness.simulator.addFault({ endpoint: 'east', kind: 'contentFilter' });
    const result = await run('test.careful');
    expect(result).toMatchObject({
      value: 'We cannot help with that.',
      servedBy: 'template',
      reason: 'Llm.ContentFiltered',
    });
    expect(await harness.simulator.ledger({ endpoint: 'claude' })).toHaveLength(0);
  });

  test('without a tier left gives its default, if it has one', async () => {
    await outage();
    expect(await run('test.withDefault')).toMatchObject({ value: 'no answer', servedBy: 'default', degraded: true });
  });

  test('without a tier left is skipped, if it says so', async () => {
    await outage();
    const result = await run('test.skippable');
    expect(result).toMatchObject({ value: null, skipped: true, degraded: true, reason: 'Llm.Overloaded' });
  });

  describe('that parks', () => {
    const operate = (workflowId: string, operation: object) =>
      harness.client.run(workflowId).operate(operation as Operation);
    const parked = async () => {
      const started = await start('test.parking');
      await eventually('the parked step', async () => {
        const { steps } = await started.status();
        return steps.some(({ state }) => state === 'parked');
      });
      return started;
    };

    test('shows it, and goes down its ladder once more when an operator resumes it', async () => {
      const fault = await outage();
      const started = await parked();
      const { steps } = await started.status();
      expect(steps[0]).toMatchObject({ state: 'parked', failure: 'Llm.Overloaded', waitingFor: /^an operator: / });
      await harness.simulator.removeFault(fault.id);
      // The endpoint rests for a moment after its failures; a resumed step waits for it like any other.
      await operate(started.workflowId, { step: 'test.parking', kind: 'resume', by: 'ana@acme' });
      const result = await started.result<StepResult>();
      expect(result).toMatchObject({ servedBy: 'east', degraded: false });
      expect((await started.status()).steps.map(({ state }) => state)).toEqual(['failed', 'completed']);
    });

    test('takes an operator’s answer, but only one of the step', async () => {
      await outage();
      const started = await parked();
      await expect(
        operate(started.workflowId, { step: 'test.parking', kind: 'answer', by: 'ana@acme', value: 7 }),
      ).rejects.toMatchObject({ type: 'Llm.OutputInvalid' });
      await operate(started.workflowId, { step: 'test.parking', kind: 'answer', by: 'ana@acme', value: 'They ring.' });
      expect(await started.result<StepResult>()).toMatchObject({ value: 'They ring.', servedBy: 'ana@acme' });
    });

    test('is skipped by an operator', async () => {
      await outage();
      const started = await parked();
      await operate(started.workflowId, { step: 'test.parking', kind: 'skip', by: 'ana@acme' });
      expect(await started.result<StepResult>()).toMatchObject({ value: null, skipped: true });
    });

    test.each([
      [{ step: 'test.other', kind: 'skip', by: 'ana@acme' }, /test\.other is not parked \(parked: test\.parking #0/],
      [{ step: 'test.parking', kind: 'drop', by: 'ana@acme' }, /kind: expected one of resume, skip, answer/],
      [{ step: 'test.parking', kind: 'skip' }, /by: expected who decides/],
      [
        { step: 'test.parking', kind: 'skip', by: 'ana@acme', value: 1 },
        /value: expected with "answer", and only with it/,
      ],
    ])('refuses %j without a trace in its history', async (operation, message) => {
      await outage();
      const started = await parked();
      const handle = harness.temporal.workflow.getHandle(started.workflowId);
      const before = (await handle.fetchHistory()).events?.length;
      await expect(operate(started.workflowId, operation)).rejects.toMatchObject({
        type: 'Operation.Refused',
        message: expect.stringMatching(message),
      });
      expect(
        (await handle.fetchHistory()).events?.some((event) => event.workflowExecutionUpdateAcceptedEventAttributes),
      ).toBe(false);
      expect(before).toBeGreaterThan(0);
    });
  });
});
