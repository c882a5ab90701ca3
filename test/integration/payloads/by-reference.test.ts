import { readFile } from 'node:fs/promises';
import { Worker } from '@temporalio/worker';
import type { HoldfastClient } from '../../../src/client';
import { createDataConverter } from '../../../src/security/data-converter';
import { readServices } from '../../support/services';
import { startBigAnswers } from './big-answers';
import type { BigAnswers } from './big-answers';
import { startPayloadWorld } from './payload-world';
import type { PayloadWorld } from './payload-world';

let world: PayloadWorld;
let client: HoldfastClient;
let answers: BigAnswers;
let stopWorker: () => Promise<void>;

beforeAll(async () => {
  world = await startPayloadWorld();
  answers = await startBigAnswers(world.harness.outputDirectory);
  Object.assign(world.harness.environment, answers.environment);
  client = await world.open();
  stopWorker = await world.startWorker();
});
afterAll(async () => {
  await stopWorker();
  await answers.stop();
  await world.stop();
});

describe('a large value goes by reference', () => {
  test('a pipeline of 3 MB in and 3 MB out leaves less than 2 KB of history', async () => {
    const input = { text: 'é'.repeat(1_500_000) };
    const run = await client.start('echo', input, world.named('input'));
    await expect(run.result()).resolves.toEqual(input);
    expect(await world.historyBytes(run.workflowId)).toBeLessThan(2_048);
    // The input and the result are the same payload.
    expect(await world.files()).toHaveLength(1);
  });

  test('variables of 3 MB reach the provider', async () => {
    const variables = { topic: 'x'.repeat(3_000_000) };
    const run = await client.start('oneStep', { step: 'test.big', variables }, world.named('variables'));
    await expect(run.result()).resolves.toMatchObject({ value: 'yyyyyyyyyy', servedBy: 'big' });
    expect(answers.received.at(-1)).toBeGreaterThan(3_000_000);
    expect(await world.historyBytes(run.workflowId)).toBeLessThan(6_000);
  });

  test('an answer of 5 MB comes back whole', async () => {
    answers.answerCharacters = 5_000_000;
    const run = await client.start('oneStep', { step: 'test.big', variables: { topic: 'all' } }, world.named('answer'));
    const { value } = await run.result<{ value: string }>();
    expect(value).toHaveLength(5_000_000);
    expect(await world.historyBytes(run.workflowId)).toBeLessThan(6_000);
  });

  test('150 steps of 60 KB that start together stay under what the server takes at once', async () => {
    const run = await client.start('measureTexts', { count: 150, characters: 60_000 }, world.named('together'));
    await expect(run.result()).resolves.toBe(9_000_000);
  });

  test('twenty values of 5 MB at once stay within a few copies of them', async () => {
    const before = process.memoryUsage().rss;
    let mostBytes = 0;
    const watch = setInterval(() => (mostBytes = Math.max(mostBytes, process.memoryUsage().rss)), 20);
    const run = await client.start('measureTexts', { count: 20, characters: 5_000_000 }, world.named('memory'));
    await expect(run.result()).resolves.toBe(100_000_000);
    clearInterval(watch);
    expect(mostBytes - before).toBeLessThan(1_500_000_000);
  });

  test('another process reads what this one wrote, the history replays, and the status stays small', async () => {
    const input = { text: 'z'.repeat(200_000) };
    const run = await client.start('echoWhenAsked', input, world.named('restart'));
    expect(JSON.stringify(await world.waitingForPerson(run)).length).toBeLessThan(2_000);
    const files = await world.files();
    await stopWorker();
    const other = world.harness.spawnWorker(world.settings);
    try {
      await world.approve(run);
      await expect(run.result()).resolves.toEqual(input);
    } finally {
      other.child.kill('SIGKILL');
      await other.exited;
      stopWorker = await world.startWorker();
    }
    // The replay in the other process stored nothing, and the result is the input.
    expect(await world.files()).toEqual(files);
    await replay(run.workflowId);
  });
});

async function replay(workflowId: string): Promise<void> {
  const history = await world.temporal.workflow.getHandle(workflowId).fetchHistory();
  const { dataConverter } = createDataConverter({ environment: world.settings, toFailure: (error) => error });
  const workflowBundle = { codePath: readServices().workflowBundle };
  await Worker.runReplayHistory({ workflowBundle, dataConverter }, history, workflowId);
}

describe('a value that is too large', () => {
  const tooLarge = 'x'.repeat(70_000_000);

  test('is refused as input before anything is started', async () => {
    const name = world.named('big');
    await expect(client.start('echo', tooLarge, name)).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: 'input has 70000002 bytes of JSON, at most 32000000 are taken',
    });
    await expect(client.run(`echo:${name.id}`).describe()).rejects.toMatchObject({ type: 'Pipeline.NotFound' });
  });

  test('is refused as input of 3 MB where there is no store', async () => {
    const without = await world.open({});
    await expect(without.start('echo', 'x'.repeat(3_000_000), world.named('big'))).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
      message: expect.stringContaining('HOLDFAST_PAYLOADS') as string,
    });
  });

  test.each([
    ['as input of an activity', 'measureTexts', { count: 1, characters: 70_000_000 }, 'Payload.TooLarge'],
    ['as result of an activity', 'makeText', { characters: 70_000_000 }, 'Payload.TooLarge'],
    ['as result of the run', 'grow', { characters: 70_000_000 }, 'Payload.TooLarge'],
    ['as variables of a step', 'growVariables', { step: 'test.big', characters: 70_000_000 }, 'Llm.BadRequest'],
  ])('%s ends the run with its type', async (_, pipeline, input, failure) => {
    const run = await client.start(pipeline, input, world.named('large'));
    await expect(run.result()).rejects.toMatchObject({
      type: 'Pipeline.Failed',
      details: { failure },
    });
  });
});

describe('odd values', () => {
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`field ${index}`, index]));
  const prototypeKeys = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1},"x":1}') as object;

  test.each<readonly [string, string, unknown]>([
    ['10,000 fields', 'fields', { wide, filling: 'x'.repeat(100_000) }],
    ['NUL', 'nul', { text: '\0a\0'.repeat(50_000) }],
    ['lone surrogates', 'surrogates', { text: '\ud800x\udfff'.repeat(30_000), '\udc00': 1 }],
    ['keys of the prototype', 'prototype', { nested: prototypeKeys, filling: 'x'.repeat(100_000) }],
  ])('%s survive the way there and back', async (_, id, input) => {
    const run = await client.start('echo', input, world.named(id));
    const result = await run.result();
    expect(JSON.stringify(result)).toBe(JSON.stringify(input));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test.each([501, 3_000, 100_000])('values nested %i deep are refused', async (depth) => {
    const deep = JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;
    await expect(client.start('echo', deep, world.named('deep'))).rejects.toMatchObject({
      type: 'Pipeline.InvalidInput',
    });
  });

  test('values nested 500 deep are taken', async () => {
    const deep = JSON.parse('['.repeat(500) + ']'.repeat(500)) as unknown;
    const run = await client.start('echo', deep, world.named('deep'));
    await expect(run.result()).resolves.toEqual(deep);
  });
});

test('what lies in the store is the payload and nothing else', async () => {
  const [file] = await world.files();
  const text = await readFile(file as string, 'latin1');
  expect(text.slice(0, text.indexOf('\n'))).toBe('{"encoding":"anNvbi9wbGFpbg=="}');
});
