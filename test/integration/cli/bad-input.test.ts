/** What a person gets wrong: one typed line that says what to do, and nothing started half-way. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createRedisConnection } from '../../../src/capacity/redis-connection';
import { createOverloadBoard } from '../../../src/journal/overload-board';
import { readServices } from '../../support/services';
import { expectRefusal, runCli } from './cli';

const root = resolve(__dirname, '..', '..', '..');
const source = 'books/how-to-listen-to-music.txt';
/** Nothing listens there. */
const nowhere = '127.0.0.1:1';

let directory: string;
let environment: NodeJS.ProcessEnv;
let connection: Connection;
let temporal: Client;

beforeAll(async () => {
  const { temporalAddress, redisUrl } = readServices();
  directory = mkdtempSync(join(tmpdir(), 'holdfast-bad-input-'));
  environment = {
    TEMPORAL_ADDRESS: temporalAddress,
    REDIS_URL: redisUrl,
    HOLDFAST_TASK_QUEUE: 'bad-input',
    HOLDFAST_KEY_PREFIX: 'test:bad-input:',
    HOLDFAST_DEV_DIRECTORY: join(directory, 'dev'),
    HOLDFAST_OUTPUT: join(directory, 'out'),
  };
  connection = await Connection.connect({ address: temporalAddress });
  temporal = new Client({ connection });
});
afterAll(async () => {
  await connection.close();
  rmSync(directory, { recursive: true });
});

const run = (args: readonly string[], changes: NodeJS.ProcessEnv = {}) =>
  runCli(args, { environment: { ...environment, ...changes } });

/** The shipped configuration with one thing changed. */
function configWith(change: (yaml: string) => string): NodeJS.ProcessEnv {
  const file = join(directory, 'holdfast.yaml');
  writeFileSync(file, change(readFileSync(join(root, 'config', 'holdfast.yaml'), 'utf8')));
  return { HOLDFAST_CONFIG: file };
}
const withUnknownKey = (yaml: string): string => yaml.replace('capacity:\n', 'capacity:\n  maxwait: 3s\n');
const withRequiredEndpoint = (yaml: string): string =>
  yaml.replace(/(apiKeyEnv: OPENAI_API_KEY\n\s+)optional: true/, '$1optional: false');

/** Never sent anywhere: these workers do not come to a call. */
const withKey = { OPENAI_API_KEY: 'unused' };

async function expectNotStarted(workflowId: string): Promise<void> {
  await expect(temporal.workflow.getHandle(workflowId).describe()).rejects.toThrow(/not found/i);
}

describe('holdfast run', () => {
  test('an unknown pipeline: names the known ones', async () => {
    const result = await run(['run', 'nope', '--input', '{}', '--id', 'unknown']);
    expectRefusal(result, {
      code: 2,
      type: 'Pipeline.Unknown',
      says: /no pipeline "nope" \(known: .*\bresearchReport\b.*\)$/,
    });
    await expectNotStarted('nope:unknown');
  });

  test.each([
    ['no input', [], 'input: expected an object'],
    ['a missing field', ['--input', '{"topic": "Scales"}'], 'source: expected'],
    ['a field of the wrong type', ['--input', `{"topic": 3, "source": "${source}"}`], 'topic: expected text'],
    [
      'an unknown field',
      ['--input', `{"topic": "Scales", "source": "${source}", "size": 1}`],
      'size: expected no field',
    ],
    ['invalid JSON', ['--input', '{"topic": '], 'is not JSON'],
    ['a file that is not there', ['--input', '@missing.json'], 'there is no file "missing.json"'],
    ['empty standard input', ['--input', '-'], 'standard input is empty'],
  ])('%s: names field, expectation and what came instead', async (_, args, says) => {
    const result = await run(['run', 'researchReport', '--id', 'bad', ...args]);
    expectRefusal(result, { code: 2, type: 'Pipeline.InvalidInput', says });
    await expectNotStarted('researchReport:bad');
  });

  test('an id that is running with other input: refused, the run untouched', async () => {
    const start = (topic: string) =>
      run(['run', 'researchReport', '--id', 'twice', '--detach', '--input', JSON.stringify({ topic, source })]);
    const workflowId = 'researchReport:twice';
    expect((await start('Scales')).code).toBe(0);
    const handle = temporal.workflow.getHandle(workflowId);
    const { runId } = await handle.describe();

    expectRefusal(await start('Fugues'), { code: 2, type: 'Pipeline.AlreadyStarted', says: 'use another id' });
    expect((await start('Scales')).code).toBe(0);
    expect((await handle.describe()).runId).toBe(runId);
    await handle.terminate();
  });

  test('a priority that is none: names the known ones', async () => {
    const result = await run(['run', 'researchReport', '--priority', 'urgent']);
    expectRefusal(result, { code: 2, type: 'Usage.Invalid', says: /'urgent' is invalid.*premium, standard/ });
  });

  test('a queue that is full: says how long the wait would be, with an exit code of its own', async () => {
    const redis = await createRedisConnection(readServices().redisUrl, { role: 'bad-input-test' });
    const keyPrefix = 'test:bad-input-full:';
    createOverloadBoard({ redis, keyPrefix }).post('researchReport', {
      pool: 'smart',
      expectedMs: 180_000,
      waiting: 9,
    });
    await redis.persist(`${keyPrefix}overloaded:researchReport`);
    const args = ['run', 'researchReport', '--id', 'full', '--input', JSON.stringify({ topic: 'Scales', source })];
    const result = await run(args, { HOLDFAST_KEY_PREFIX: keyPrefix });
    await redis.del(`${keyPrefix}overloaded:researchReport`);
    await redis.quit();
    const says = 'researchReport: pool smart has 9 calls waiting, about 3 min; start again later';
    expectRefusal(result, { code: 4, type: 'Capacity.Overloaded', says });
    await expectNotStarted('researchReport:full');
  });

  test('Temporal out of reach: names the address', async () => {
    const args = ['run', 'researchReport', '--input', JSON.stringify({ topic: 'Scales', source })];
    const result = await run(args, { TEMPORAL_ADDRESS: nowhere });
    expectRefusal(result, { code: 3, type: 'Service.Unreachable', says: `Temporal does not answer at ${nowhere}` });
  });
});

describe('holdfast approve', () => {
  test('a closed run', async () => {
    const workflowId = 'researchReport:closed';
    await run([
      'run',
      'researchReport',
      '--id',
      'closed',
      '--detach',
      '--input',
      JSON.stringify({ topic: 'Old', source }),
    ]);
    await temporal.workflow.getHandle(workflowId).terminate();
    const result = await run(['approve', workflowId, 'publish']);
    expectRefusal(result, { code: 2, type: 'Pipeline.NotFound', says: `no open run ${workflowId}` });
  });

  test('a run that never was', async () => {
    const result = await run(['reject', 'researchReport:never', 'publish']);
    expectRefusal(result, { code: 2, type: 'Pipeline.NotFound', says: 'the id is wrong' });
  });

  test('an edit that is no JSON', async () => {
    const result = await run(['approve', 'researchReport:any', '--edit', '{']);
    expectRefusal(result, { code: 2, type: 'Approval.Malformed', says: '--edit: the text given is not JSON' });
  });
});

describe('holdfast worker', () => {
  test('an unknown key in the configuration: names file, path and key', async () => {
    const result = await run(['worker'], configWith(withUnknownKey));
    expectRefusal(result, { code: 2, type: 'Config.Invalid', says: /holdfast\.yaml: capacity.*maxwait/ });
  });

  test('a missing environment variable: names it', async () => {
    const result = await run(['worker'], configWith(withRequiredEndpoint));
    expectRefusal(result, { code: 2, type: 'Config.Invalid', says: 'environment variable OPENAI_API_KEY is not set' });
  });

  test('Redis out of reach: names the address', async () => {
    const result = await run(['worker'], { ...withKey, REDIS_URL: `redis://${nowhere}` });
    expectRefusal(result, { code: 3, type: 'Service.Unreachable', says: nowhere });
  });

  test('Temporal out of reach: names the address', async () => {
    const result = await run(['worker'], { ...withKey, TEMPORAL_ADDRESS: nowhere });
    const says = `Temporal does not answer at ${nowhere} (Connection refused); start it`;
    expectRefusal(result, { code: 3, type: 'Service.Unreachable', says });
  });
});

describe('holdfast dev', () => {
  const expectNothingStarted = (): void => {
    const made = existsSync(join(directory, 'dev')) ? readdirSync(join(directory, 'dev')) : [];
    expect(made).toEqual([]);
  };

  test.each([
    ['a wrong option', ['--sections', 'many'], {}, 'Pipeline.InvalidInput', 'sections: expected a whole number'],
    ['invalid JSON', ['--input', '{'], {}, 'Pipeline.InvalidInput', 'is not JSON'],
  ])('%s: nothing is started', async (_, args, changes, type, says) => {
    expectRefusal(await run(['dev', '--once', ...args], changes), { code: 2, type, says });
    expectNothingStarted();
  });

  test('an unknown key in the configuration: nothing is started', async () => {
    const result = await run(['dev', '--once'], configWith(withUnknownKey));
    expectRefusal(result, { code: 2, type: 'Config.Invalid', says: 'maxwait' });
    expectNothingStarted();
  });

  test('a missing environment variable: nothing is started', async () => {
    const result = await run(['dev', '--once'], configWith(withRequiredEndpoint));
    expectRefusal(result, { code: 2, type: 'Config.Invalid', says: 'OPENAI_API_KEY is not set' });
    expectNothingStarted();
  });
});
