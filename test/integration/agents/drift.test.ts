import type { RunStatus } from '../../../src/contracts/status';
import type { DriftOptions } from '../../../src/workflows/public';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

const task = 'Find out how the violins of an orchestra carry its melody';
const onTask = 'The violins of the orchestra carry the melody.';
const offTask = 'Tax returns are due in May.';

describe('guard with drift', () => {
  let harness: Harness;
  let runs = 0;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  beforeEach(async () => {
    await harness.simulator.clearLedger();
  });
  afterAll(() => harness.stop());

  const start = (turns: string[], drift: Partial<DriftOptions>) => {
    const options = { task, by: { embedding: 'test.embed' }, limit: 0.7, action: 'warn', ...drift };
    const input = { turns, options: { name: 'agent', maxTurns: 5, drift: options } };
    return harness.client.start('driftingAgent', input, { id: `drift-${harness.taskQueue}-${runs++}` });
  };
  const actionsOf = (status: RunStatus) => (status.drift ?? []).map(({ turn, action }) => [turn, action]);

  test('scores each turn: 0 on its task, 1 away from it, told in the status', async () => {
    const run = await start([task, onTask, offTask, ''], {});
    await run.result();
    const { drift = [] } = await run.status();
    expect(drift.map(({ loop, turn, limit }) => [loop, turn, limit])).toEqual(
      [1, 2, 3, 4].map((turn) => ['agent', turn, 0.7]),
    );
    const [same = 1, near = 1, far = 0, nothing = 0] = drift.map((turn) => turn.drift);
    expect([same, nothing]).toEqual([0, 1]);
    expect(near).toBeLessThan(0.7);
    expect(far).toBeGreaterThan(0.9);
    expect(drift.map(({ action }) => action)).toEqual(['none', 'none', 'warned', 'warned']);
  });

  test('pays for the task’s vector once, and counts what the scores have cost', async () => {
    const run = await start([onTask, onTask], {});
    const { tokens } = await run.result<{ tokens: number }>();
    const calls = await harness.simulator.ledger();
    expect(calls).toHaveLength(4);
    expect(tokens).toBe(calls.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0));
    const [first, second] = calls.filter(({ interface: name }) => name === 'embeddings');
    expect(first?.inputTokens).toBeGreaterThan(second?.inputTokens ?? 0);
  });

  test('stops the loop at the turn that strays, before the next', async () => {
    const run = await start([onTask, offTask, onTask], { action: 'stop' });
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringMatching(/agent: turn 2 has strayed from its task: drift [\d.]+, limit 0\.7/) as string,
      details: { failure: 'Pipeline.Drifted' },
    });
    const status = await run.status();
    expect(actionsOf(status)).toEqual([
      [1, 'none'],
      [2, 'stopped'],
    ]);
    expect(status.steps.filter(({ step }) => step === 'test.single')).toHaveLength(2);
  });

  test.each([
    [
      'goes on when they approve',
      'approved',
      [
        [1, 'approved'],
        [2, 'none'],
      ],
    ],
    ['ends as Pipeline.Drifted when they reject', 'rejected', [[1, 'refused']]],
  ] as const)('asks a person, and %s', async (_, outcome, actions) => {
    const run = await start([offTask, onTask], { action: 'review' });
    const pending = await eventually('the question', async () => (await run.status()).approvals[0]);
    expect(pending).toMatchObject({ name: 'agent-turn-1', show: { task, said: offTask, turn: 1, limit: 0.7 } });
    expect(actionsOf(await run.status())).toEqual([[1, 'waitingForPerson']]);
    await run.decide('agent-turn-1', { outcome, by: 'ana@acme' });
    if (outcome === 'approved') await run.result();
    else await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Pipeline.Drifted' } });
    expect(actionsOf(await run.status())).toEqual(actions);
  });

  test.each([
    ['goes on when it only warns', 'warn'],
    ['ends the loop when it is to stop', 'stop'],
  ] as const)('a turn that cannot be scored %s', async (_, action) => {
    const run = await start([onTask], { action, by: { embedding: 'test.none' } });
    if (action === 'warn') await run.result();
    else await expect(run.result()).rejects.toMatchObject({ details: { failure: 'Config.Invalid' } });
    expect((await run.status()).drift).toMatchObject([
      { turn: 1, failure: 'Config.Invalid', action: action === 'warn' ? 'warned' : 'stopped' },
    ]);
  });

  test('takes the score of a judge instead, whose call counts too', async () => {
    const run = await start([onTask], { by: { judge: 'test.driftJudge' }, limit: 1 });
    const { tokens } = await run.result<{ tokens: number }>();
    const { steps, drift } = await run.status();
    expect(drift).toMatchObject([{ turn: 1, drift: expect.any(Number) as number, limit: 1 }]);
    expect(steps.map(({ step }) => step)).toEqual(['test.single', 'test.driftJudge']);
    expect(tokens).toBe(steps.reduce((sum, step) => sum + (step.inputTokens ?? 0) + (step.outputTokens ?? 0), 0));
  });

  test('a judge that cannot be asked counts as no score', async () => {
    const run = await start([onTask], { by: { judge: 'test.single' } });
    await run.result();
    // Its prompt takes a topic: the judge could not be asked, which a warning lets pass.
    expect((await run.status()).drift).toMatchObject([{ turn: 1, failure: 'Llm.BadRequest', action: 'warned' }]);
  });

  test.each([
    ['no task', { task: ' ' }, 'agent: drift.task: expected the task in words'],
    ['a limit of nothing', { limit: 0 }, 'agent: drift.limit: expected a number above 0, at most 1, received 0'],
    [
      'an unknown action',
      { action: 'shout' as never },
      'agent: drift.action: expected warn, stop, review, received shout',
    ],
  ])('%s is refused before the first turn', async (_, drift, message) => {
    const run = await start([onTask], drift);
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      details: { failure: 'Pipeline.InvalidInput' },
    });
    expect(await harness.simulator.ledger()).toEqual([]);
  });
});
