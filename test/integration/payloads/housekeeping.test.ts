/** The stores looked after by the command line, against real servers; and a run whose payloads are in an S3 bucket. */
import { utimes, writeFile } from 'node:fs/promises';
import { credentials, startS3Server } from '../../support/s3-server';
import { runCli } from '../cli/cli';
import { startPayloadWorld } from './payload-world';
import type { PayloadWorld } from './payload-world';

const input = { text: 'x'.repeat(200_000) };
const dayMs = 24 * 60 * 60 * 1_000;
let world: PayloadWorld;

beforeAll(async () => {
  world = await startPayloadWorld();
});
afterAll(() => world.stop());

async function command(...args: string[]): Promise<{ code: number | null; answer: unknown }> {
  const environment = { ...world.harness.environment, ...world.settings };
  const { code, stdout } = await runCli(['payloads', ...args, '--json'], { environment });
  return { code, answer: JSON.parse(stdout) as unknown };
}

test('sweep leaves what the runs of the namespace may need, and takes what is older than all of them', async () => {
  const client = await world.open();
  const runs = await Promise.all(
    [1, 2, 3].map((number) => client.start('echo', { ...input, number }, world.named('open'))),
  );
  const [used = '', young = '', old = ''] = await world.files();
  // The oldest run of this server is some minutes old, and the margin is a week.
  await utimes(young, new Date(), new Date(Date.now() - 6.9 * dayMs));
  await utimes(old, new Date(), new Date(Date.now() - 7.3 * dayMs));
  const dry = await command('sweep', '--older-than', '1h', '--dry-run');
  expect(dry.answer).toMatchObject({ dryRun: true, stores: [{ kept: 2, removed: 1 }] });
  expect(await world.files()).toHaveLength(3);
  const swept = await command('sweep', '--older-than', '1h');
  expect(swept.answer).toMatchObject({ dryRun: false, because: expect.stringMatching(/^(the oldest run|schedule)/) });
  expect((await world.files()).sort()).toEqual([used, young].sort());
  const verified = await command('verify');
  expect(verified).toMatchObject({ code: 0, answer: { damaged: 0 } });
  await writeFile(used, 'other bytes');
  const damaged = await command('verify');
  expect(damaged).toMatchObject({ code: 1, answer: { damaged: 1, stores: [{ damagedKeys: [used.slice(-64)] }] } });
  await Promise.all(runs.map(({ workflowId }) => world.temporal.workflow.getHandle(workflowId).terminate()));
});

test.each([
  [['sweep', '--older-than', 'soon'], 'expected hours or days'],
  [['sweep', '--margin', '1h'], 'the margin is at least 2 days'],
])('%j is refused', async (args, told) => {
  expect(await command(...args)).toMatchObject({
    code: 2,
    answer: { error: { message: expect.stringContaining(told) } },
  });
});

test('a run of 3 MB goes through an S3 bucket, and its history stays small', async () => {
  const s3 = await startS3Server();
  process.env['AWS_ACCESS_KEY_ID'] = credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = credentials.secretAccessKey;
  const settings = { HOLDFAST_PAYLOADS: `s3://${s3.bucket}/runs?endpoint=${s3.endpoint}` };
  const stopWorker = await world.startWorker(settings);
  try {
    const client = await world.open(settings);
    s3.faults.push({ status: 500, code: 'InternalError' });
    const large = { text: 'x'.repeat(3_000_000) };
    const run = await client.start('echo', large, world.named('s3'));
    await expect(run.result()).resolves.toEqual(large);
    expect([...s3.objects.keys()]).toEqual([expect.stringMatching(/^runs\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/)]);
    expect(await world.historyBytes(run.workflowId)).toBeLessThan(2_048);
  } finally {
    await stopWorker();
    await s3.stop();
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
  }
});
