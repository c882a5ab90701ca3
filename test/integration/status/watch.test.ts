import { randomUUID } from 'node:crypto';
import { askIn, pendingOf } from '../approval/asking';
import { expectRefusal, runCli, startCli } from '../cli/cli';
import type { CliResult, RunningCli } from '../cli/cli';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';

describe('holdfast watch', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  const environment = (): NodeJS.ProcessEnv => ({
    TEMPORAL_ADDRESS: harness.environment['TEMPORAL_ADDRESS'],
    HOLDFAST_TASK_QUEUE: harness.taskQueue,
  });
  const watching = (args: readonly string[]): RunningCli =>
    startCli(['watch', ...args], { environment: environment() });
  const linesOf = ({ stdout }: CliResult): { event: string; runId?: string; state?: string }[] =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });

  test('a run that does not exist is a typed refusal', async () => {
    const result = await runCli(['watch', 'askWith:nobody'], { environment: environment() });
    expectRefusal(result, {
      code: 2,
      type: 'Pipeline.NotFound',
      says: /there is no run askWith:nobody; "holdfast runs" lists/,
    });
  });

  test('a run that has ended is shown as it ended', async () => {
    const input = { step: 'test.single', variables: { topic: 'bells' } };
    const run = await harness.client.start('oneStep', input, { id: randomUUID() });
    await run.result();
    const result = await watching([run.workflowId, '--json']).exited;
    expect(result.code).toBe(0);
    expect(linesOf(result)).toMatchObject([
      { event: 'status', state: 'completed', steps: [{ step: 'test.single', state: 'completed' }] },
      { event: 'end', workflowId: run.workflowId, state: 'completed', result: { tier: 0 } },
    ]);
  });

  test('a run is followed through continue-as-new to its failure or end, with a line per change', async () => {
    const { run } = await askIn(harness, { runs: 2 }, { pipeline: 'askPerRun' });
    const json = watching([run.workflowId, '--json']);
    const text = watching([run.workflowId]);
    await Promise.all([json.until(/"event":"status"/), text.until(/npx holdfast approve /)]);
    await run.decide('publish', { outcome: 'approved', by: 'ana' });
    await pendingOf(run, 1);
    await Promise.all([json.until(/"occurrence":1/), text.until(/continue-as-new/)]);
    await run.decide('publish', { outcome: 'rejected', by: 'ana' });
    const [lines, told] = [linesOf(await json.exited), await text.exited];
    expect(new Set(lines.map(({ runId }) => runId)).size).toBe(2);
    expect(new Set(lines.map((line) => JSON.stringify(line))).size).toBe(lines.length);
    expect(lines.at(-1)).toMatchObject({ event: 'end', state: 'completed', result: ['approved', 'rejected'] });
    expect(told.stdout.trimEnd().split('\n').at(-1)).toBe(`${run.workflowId} completed`);
  });

  test('Ctrl-C ends the watching and not the run; a cancelled run ends the watching', async () => {
    const { run } = await askIn(harness);
    const stopped = watching([run.workflowId]);
    await stopped.until(/npx holdfast approve /);
    stopped.child.kill('SIGINT');
    expect((await stopped.exited).code).toBe(130);
    expect((await run.describe()).state).toBe('RUNNING');
    const other = watching([run.workflowId, '--json']);
    await other.until(/"event":"status"/);
    await run.cancel();
    const result = await other.exited;
    expect(result.code).toBe(1);
    expect(linesOf(result).at(-1)).toMatchObject({ event: 'end', state: 'cancelled', failure: { type: 'Cancelled' } });
  });

  test('runs lists them by what they wait for', async () => {
    const { run } = await askIn(harness, { title: 'Publish?' });
    const table = await runCli(['runs', '--pipeline', 'askWith', '--state', 'running'], { environment: environment() });
    expect(table.stdout).toContain(run.workflowId);
    const wrong = await runCli(['runs', '--limit', 'many'], { environment: environment() });
    expectRefusal(wrong, { code: 2, type: 'Usage.Invalid', says: /--limit: expected a whole number from 1 to 1,000/ });
    await run.cancel();
  });
});
