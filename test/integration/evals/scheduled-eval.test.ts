/** A score that falls by itself: a Temporal Schedule asks the questions again, and people are told. */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type {
  EvalAlert,
  ScheduledEvalInput,
  ScheduledEvalResult,
} from '../../../src/contracts/pipelines/scheduled-eval';
import type { EvalReport } from '../../../src/evals';
import { eventually, startHarness } from '../../support/harness';
import type { Harness } from '../../support/harness';
import { runCli } from '../cli/cli';

const example = resolve(__dirname, '..', '..', '..', 'examples', 'evals');
const shippedRows = readFileSync(join(example, 'data/support.intent/banking77.jsonl'), 'utf8').trim().split('\n');

interface Received {
  readonly path: string;
  readonly body: EvalAlert & { readonly text?: string };
}

let harness: Harness;
let folder: string;
let people: Server;
const received: Received[] = [];

beforeAll(async () => {
  people = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ path: request.url ?? '', body: JSON.parse(body) as Received['body'] });
      response.end();
    });
  });
  await new Promise<void>((done) => people.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(people.address() as AddressInfo).port}`;
  harness = await startHarness({ config: 'shipped' });
  folder = await mkdtemp(join(tmpdir(), 'holdfast-drift-'));
  const latency = { firstTokenMs: 20, sigma: 0.1, tokensPerSecond: 2_000 };
  await harness.simulator.putEndpoint('openai-mini', {
    provider: 'openai',
    apiKey: 'key-openai-mini',
    limits: {},
    latency,
  });
  const config = readFileSync(join(example, 'holdfast.yaml'), 'utf8').replaceAll(
    /rpm: \d+, tpm: [\d_]+/g,
    'rpm: 6_000, tpm: 6_000_000',
  );
  Object.assign(harness.environment, {
    HOLDFAST_CONFIG: write('holdfast.yaml', config),
    HOLDFAST_PROMPTS: join(example, 'prompts'),
    HOLDFAST_DOCUMENTS: folder,
    HOLDFAST_DEV_DIRECTORY: join(folder, 'dev'),
    HOLDFAST_NOTIFY_WEBHOOK_URL: `${url}/webhook`,
    HOLDFAST_NOTIFY_SLACK_URL: `${url}/slack`,
  });
  write('intents.jsonl', shippedRows.slice(0, 30).join('\n'));
  const args = ['eval', 'support.intent', '--data', join(folder, 'intents.jsonl'), '--pool', 'mini'];
  await runCli([...args, '--json-out', join(folder, 'baseline.json')], { environment: harness.environment });
  // As if the model had been right before, whatever the simulated one says now.
  const report = JSON.parse(await readFile(join(folder, 'baseline.json'), 'utf8')) as EvalReport;
  const arms = report.arms.map((arm) => ({
    ...arm,
    rows: arm.rows.map((row) => ({ ...row, status: 'passed', score: 1 })),
  }));
  write('better.json', JSON.stringify({ ...report, arms }));
  await harness.startWorker();
});
afterAll(async () => {
  await harness.stop();
  people.close();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  received.length = 0;
  await harness.simulator.clearFaults();
});

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const input = (more: Partial<ScheduledEvalInput>): ScheduledEvalInput => ({
  target: 'support.intent',
  data: 'intents.jsonl',
  baseline: 'baseline.json',
  pools: ['mini'],
  notify: ['webhook', 'slack'],
  ...more,
});
const arm = 'support.intent:mini/default';

/** By hand, outside of a schedule. */
async function evalOnce(more: Partial<ScheduledEvalInput>, id: string): Promise<ScheduledEvalResult> {
  const run = await harness.client.start('scheduledEval', input(more), { id: `${id}-${harness.taskQueue}` });
  return run.result<ScheduledEvalResult>();
}

describe('scheduledEval', () => {
  test('tells nobody of a score that is as it was', async () => {
    const { verdict, found, told, history } = await evalOnce({}, 'same');
    expect(verdict.arms).toMatchObject([
      { name: arm, answered: 30, unanswered: 0, drift: { rows: 30, hasFallen: false } },
    ]);
    expect({ found, told, evals: history.length }).toEqual({ found: [], told: [], evals: 1 });
    expect(received).toEqual([]);
  });

  test('tells people on every channel of a score that has fallen, by how much and how sure', async () => {
    const { verdict, found, told, notTold } = await evalOnce(
      { baseline: 'better.json', notify: ['webhook', 'slack', 'pager'] },
      'fell',
    );
    expect({ found, told, notTold }).toEqual({ found: [arm], told: ['webhook', 'slack'], notTold: ['pager'] });
    const [drift] = verdict.arms.map((one) => one.drift);
    expect(drift).toMatchObject({ baseline: 1, hasFallen: true });
    expect(drift?.high).toBeLessThan(0);
    const webhook = received.find(({ path }) => path === '/webhook')?.body;
    expect(webhook).toMatchObject({
      event: 'evalFell',
      target: 'support.intent',
      inARow: 1,
      verdict: { id: verdict.id },
    });
    const slack = received.find(({ path }) => path === '/slack')?.body.text;
    expect(slack).toMatch(
      /The score of `support\.intent` has fallen\*\n• support\.intent:mini\/default: 1\.000 then, 0\.\d{3} now \(95 %/,
    );
  });

  test('a score below its threshold is a finding, too', async () => {
    const { found, told } = await evalOnce({ threshold: 0.99, notify: ['slack'] }, 'below');
    expect({ found, told }).toEqual({ found: [arm], told: ['slack'] });
    expect(received[0]?.body.text).toContain('below the threshold');
  });

  test.each([
    ['a data set that is not there', { data: 'missing.jsonl' }, 'does not exist below the document folder'],
    ['a path that leaves the folder', { baseline: '../baseline.json' }, 'leaves the document folder'],
    ['an unknown step', { target: 'support.unknown' }, 'support.unknown'],
  ])('refuses %s before anything is asked', async (_, more, message) => {
    await harness.simulator.clearLedger();
    await expect(evalOnce(more, `refused-${message.length}`)).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
    });
    expect(await harness.simulator.ledger()).toEqual([]);
  });

  test('by a schedule: every run knows the scores before, and people are told once it was found often enough', async () => {
    const more = { baseline: 'better.json', limit: 10, alertAfter: 2, notify: ['webhook'] };
    const file = write('nightly.json', JSON.stringify(input(more)));
    const { environment, client, temporal, taskQueue } = harness;
    const cli = (...args: string[]) =>
      runCli(['schedule', 'scheduledEval', '--id', taskQueue, '--json', ...args], { environment });
    const made = await cli('--cron', '17 3 * * *', '--timezone', 'Europe/Paris', '--input', `@${file}`);
    expect(made.code).toBe(0);
    const scheduleId = `scheduledEval:${taskQueue}`;
    const results = async (): Promise<ScheduledEvalResult[]> => {
      const { info } = await temporal.schedule.getHandle(scheduleId).describe();
      const runs = info.recentActions.map(({ action }) => action.workflow.workflowId);
      return Promise.all(runs.map((id) => client.run(id).result<ScheduledEvalResult>()));
    };
    for (const count of [1, 2]) {
      await client.triggerSchedule(scheduleId);
      const last = await eventually(`run ${count}`, async () => (await results()).at(count - 1), 30_000);
      expect(last).toMatchObject({ inARow: count, told: count === 2 ? ['webhook'] : [] });
      expect(last.history).toHaveLength(count);
    }
    expect(received.map(({ body }) => [body.event, body.inARow])).toEqual([['evalFell', 2]]);
    expect((await cli('--remove')).code).toBe(0);
    await expect(client.triggerSchedule(scheduleId)).rejects.toMatchObject({ type: 'Pipeline.NotFound' });
  }, 130_000);

  test('a time that no clock shows is refused', async () => {
    const options = { id: `bad-${harness.taskQueue}`, cron: 'every night' };
    await expect(harness.client.schedule('scheduledEval', input({}), options)).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: expect.stringContaining('received "every night"') as string,
    });
  });

  // The last one: a key that is refused closes the endpoint for all that come after.
  test('asks rows without an answer again under the same id, and tells of those that stay without', async () => {
    await harness.simulator.addFault({ endpoint: 'openai-mini', kind: 'status', status: 401 });
    const { verdict, told, history } = await evalOnce({ againAfter: '1s', limit: 5, notify: ['webhook'] }, 'holes');
    expect(verdict.arms).toMatchObject([{ answered: 0, unanswered: 5 }]);
    expect(told).toEqual(['webhook']);
    expect(received[0]?.body.event).toBe('evalIncomplete');
    expect(history).toMatchObject([{ isIncomplete: true }]);
  });
});
