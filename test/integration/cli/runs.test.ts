/** Starting, watching and deciding runs from the command line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Draft } from '../../../src/contracts/pipelines/research-report';
import type { RunStatus } from '../../../src/contracts/status';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { expectRefusal, jsonOf, runCli, startCli } from './cli';

const input = JSON.stringify({ topic: 'Scales', source: 'books/how-to-listen-to-music.txt', sections: 1 });

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ config: 'shipped' });
  await harness.startWorker();
});
afterAll(() => harness.stop());

const cli = (...args: string[]) => runCli(args, { environment: harness.environment });
const statusOf = async (workflowId: string): Promise<RunStatus> =>
  jsonOf(await cli('status', workflowId, '--json')) as RunStatus;

/** A run that waits for its approval. */
async function askingRun(id: string): Promise<string> {
  const run = await harness.client.start('researchReport', JSON.parse(input), { id });
  await eventually('the question', async () => (await run.status()).approvals.length === 1);
  return run.workflowId;
}

describe('holdfast run', () => {
  test('waits for the result, says what to decide, and answers a script with one line', async () => {
    const running = startCli(['run', 'researchReport', '--input', '-', '--id', 'waits', '--json'], {
      environment: harness.environment,
      input,
    });
    await running.until(/npx holdfast approve researchReport:waits publish/);
    expect(await cli('approve', 'researchReport:waits')).toMatchObject({ code: 0 });
    const result = await running.exited;
    expect(jsonOf(result)).toMatchObject({
      pipeline: 'researchReport',
      workflowId: 'researchReport:waits',
      runId: expect.stringMatching(/./),
      status: 'published',
      result: { pdf: { path: expect.stringMatching(/\.pdf$/) } },
    });
    expect(result.code).toBe(0);
  });

  test('shows the steps with --watch, and fails when the report is rejected', async () => {
    const running = startCli(['run', 'researchReport', '--input', input, '--id', 'watched', '--watch'], {
      environment: harness.environment,
    });
    const shown = await running.until(/npx holdfast approve/);
    expect(shown).toMatch(/research\.outline done: tier 0, openai-(east|west)us/);
    await cli('reject', 'researchReport:watched', '--comment', 'too short', '--by', 'ana');
    const { code, stdout } = await running.exited;
    expect(stdout).toMatch(/researchReport:watched rejected[^]+"comment": "too short"/);
    expect(code).toBe(1);
  });

  test('returns at once with --detach', async () => {
    const result = await cli('run', 'researchReport', '--input', input, '--id', 'detached', '--detach', '--json');
    expect(jsonOf(result)).toEqual({
      pipeline: 'researchReport',
      workflowId: 'researchReport:detached',
      runId: expect.stringMatching(/./),
      status: 'running',
    });
    await harness.client.run('researchReport:detached').cancel();
  });

  test('tells why a pipeline failed', async () => {
    const missing = JSON.stringify({ topic: 'Scales', source: 'books/missing.txt' });
    const result = await cli('run', 'researchReport', '--input', missing, '--id', 'fails');
    expect(result.stderr).toMatch(
      /^holdfast: Pipeline\.Failed: researchReport:fails failed: Pipeline\.InvalidInput: .+\n$/,
    );
    expect(result.code).toBe(1);
  });
});

describe('holdfast status', () => {
  test('shows steps, cost, the question and how to answer it', async () => {
    const workflowId = await askingRun('status');
    const { stdout, code } = await cli('status', workflowId);
    expect(stdout).toMatch(/^researchReport waiting for a decision: publish\n/);
    expect(stdout).toMatch(/research\.synthesize +done +0 +openai-\w+ +1 +[\d,]+ +\$0\.\d{4}/);
    expect(stdout).toContain(`npx holdfast approve ${workflowId} publish`);
    expect(stdout).not.toContain('\u001b');
    expect(code).toBe(0);
    expect(await statusOf(workflowId)).toMatchObject({ workflowId, approvals: [{ name: 'publish' }] });
    await cli('reject', workflowId);
  });
});

describe('holdfast approve', () => {
  test('records who and why, and then nothing waits any more', async () => {
    const workflowId = await askingRun('approved');
    const decided = await cli('approve', workflowId, 'publish', '--by', 'ana@acme', '--comment', 'good', '--json');
    expect(jsonOf(decided)).toEqual({ workflowId, approval: 'publish', outcome: 'approved', by: 'ana@acme' });
    const { decision } = await harness.client.run(workflowId).result<{ decision: object }>();
    expect(decision).toMatchObject({ outcome: 'approved', by: 'ana@acme', comment: 'good' });

    const again = await cli('approve', workflowId);
    expectRefusal(again, {
      code: 2,
      type: 'Approval.NotWaiting',
      says: `nothing waits for a decision in ${workflowId}`,
    });
  });

  test('publishes an edited content', async () => {
    const workflowId = await askingRun('edited');
    const draft = (await statusOf(workflowId)).approvals[0]?.show as unknown as Draft;
    const file = join(harness.outputDirectory, 'draft.json');
    writeFileSync(file, JSON.stringify({ ...draft, title: 'All about scales' }));
    expect(await cli('approve', workflowId, '--edit', `@${file}`)).toMatchObject({ code: 0 });
    const { decision } = await harness.client.run(workflowId).result<{ decision: { content: Draft } }>();
    expect(decision).toMatchObject({ outcome: 'edited', content: { title: 'All about scales' } });
  });

  test('refuses an edit the pipeline could not publish, and an approval that does not wait', async () => {
    const workflowId = await askingRun('refused');
    expectRefusal(await cli('approve', workflowId, '--edit', '{"title": "only"}'), {
      code: 2,
      type: 'Approval.Malformed',
      says: 'content',
    });
    expectRefusal(await cli('approve', workflowId, 'budget'), {
      code: 2,
      type: 'Approval.NotWaiting',
      says: 'approval "budget" is not waiting (waiting: publish)',
    });
    expect((await statusOf(workflowId)).approvals).toHaveLength(1);
    await cli('reject', workflowId);
  });
});
