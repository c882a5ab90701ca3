import { randomBytes } from 'node:crypto';
import { startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { runCli } from '../cli/cli';
import type { CliResult } from '../cli/cli';
import { askIn, pendingOf } from './asking';

describe('the commands of reviewers', () => {
  let harness: Harness;
  const key = `k1:${randomBytes(32).toString('base64')}`;

  beforeAll(async () => {
    harness = await startHarness();
    harness.environment['HOLDFAST_APPROVAL_KEYS'] = key;
    await harness.startWorker();
  });
  afterAll(() => harness.stop());

  const cli = (args: readonly string[], { hasKey = true }: { hasKey?: boolean } = {}): Promise<CliResult> =>
    runCli(args, {
      environment: {
        TEMPORAL_ADDRESS: harness.environment['TEMPORAL_ADDRESS'],
        HOLDFAST_TASK_QUEUE: harness.taskQueue,
        ...(hasKey && { HOLDFAST_APPROVAL_KEYS: key }),
      },
    });
  const linesOf = ({ stdout }: CliResult): Record<string, unknown>[] =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  test('inbox shows what waits in all open runs, what is due first at the top, and by role', async () => {
    const first = await askIn(harness, { roles: ['legal'], title: 'No hurry' });
    const second = await askIn(harness, { roles: ['editors'], title: 'Hurry', deadline: '30 minutes', required: 2 });
    const table = await cli(['inbox']);
    expect(table.stdout).toMatch(/Hurry +editors +0 of 2[\s\S]*No hurry +legal/);
    const [all] = linesOf(await cli(['inbox', '--json']));
    expect(all).toMatchObject({
      items: [
        { workflowId: second.run.workflowId, pipeline: 'askWith', tenant: 'default', approval: { title: 'Hurry' } },
        { workflowId: first.run.workflowId, approval: { title: 'No hurry' } },
      ],
      silent: [],
    });
    const [legal] = linesOf(await cli(['inbox', '--role', 'legal', '--json']));
    expect(legal).toMatchObject({ items: [{ workflowId: first.run.workflowId }] });
    for (const { run } of [first, second]) await run.cancel();
  });

  test('edit, answer, token and audit go from the first look to the export', async () => {
    const { run, pending } = await askIn(harness, { allow: ['edit', 'answer'], required: 1, roles: ['editors'] });
    const { workflowId } = run;
    const forbidden = await cli(['edit', workflowId, '--content', '{"text":"x"}', '--by', 'ana', '--json'], {
      hasKey: false,
    });
    expect(forbidden).toMatchObject({ code: 2 });
    expect(linesOf(forbidden)).toMatchObject([{ error: { type: 'Approval.Forbidden' } }]);
    const [signed] = linesOf(await cli(['token', workflowId, '--by', 'ana', '--role', 'editors', '--json']));
    const token = String(signed?.['token']);
    const stale = await cli(['answer', workflowId, '--value', '1', '--token', token, '--digest', 'x', '--json'], {
      hasKey: false,
    });
    expect(linesOf(stale)).toMatchObject([{ error: { type: 'Approval.Stale' } }]);
    const taken = await cli(
      ['answer', workflowId, 'publish', '--value', '{"id":7}', '--token', token, '--digest', pending.digest],
      { hasKey: false },
    );
    expect(taken).toMatchObject({ code: 0, stdout: expect.stringContaining('answered "publish"') });
    expect(await run.result()).toMatchObject({ outcome: 'answered', answer: { id: 7 }, by: 'ana' });
    const trail = linesOf(await cli(['audit', workflowId, '--json']));
    expect(trail.map(({ event }) => event)).toEqual(['asked', 'refused', 'refused', 'decided', 'closed', 'summary']);
    expect(trail[3]).toMatchObject({ workflowId, by: 'ana', roles: ['editors'], isAuthenticated: true, via: 'update' });
    expect((await cli(['audit', workflowId])).stdout).toMatch(/decided answered {2}by ana \(proven\)/);
  });

  test('approve signs with the key of the environment, for the roles it is told', async () => {
    const { run } = await askIn(harness, { roles: ['editors'], required: 2 });
    await cli(['approve', run.workflowId, '--by', 'ana', '--role', 'editors']);
    expect((await pendingOf(run)).votes).toMatchObject([{ by: 'ana', outcome: 'approved' }]);
    const rejected = await cli([
      'reject',
      run.workflowId,
      '--by',
      'bo',
      '--role',
      'editors',
      '--comment',
      'no',
      '--json',
    ]);
    expect(linesOf(rejected)).toEqual([
      { workflowId: run.workflowId, approval: 'publish', outcome: 'rejected', by: 'bo' },
    ]);
    expect(await run.result()).toMatchObject({ outcome: 'rejected', comment: 'no' });
  });

  test('token without a key says which variable is missing', async () => {
    const { run } = await askIn(harness);
    const refused = await cli(['token', run.workflowId, '--by', 'ana'], { hasKey: false });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('HOLDFAST_APPROVAL_KEYS: not set here') });
    await run.cancel();
  });
});
