import { readFile, rename, truncate, writeFile } from 'node:fs/promises';
import type { HoldfastClient } from '../../../src/client';
import { startPayloadWorld } from './payload-world';
import type { PayloadWorld } from './payload-world';

const input = { text: 'x'.repeat(200_000) };
let world: PayloadWorld;
let client: HoldfastClient;

beforeEach(async () => {
  world = await startPayloadWorld();
  client = await world.open();
});
afterEach(() => world.stop());

describe('a payload that is gone', () => {
  test('stops the run, which says so and goes on when it is back', async () => {
    const run = await client.start('echo', input, world.named('gone'));
    const [file = ''] = await world.files();
    await rename(file, `${file}.elsewhere`);
    const stopWorker = await world.startWorker();
    try {
      await expect(run.status()).rejects.toMatchObject({
        type: 'Payload.Lost',
        message: expect.stringMatching(
          /^echo:gone-\S+ stands still, .* payload [0-9a-f]{64} is not in file:/,
        ) as string,
      });
      const history = await world.historyText(run.workflowId);
      // The first failure stands in history; what follows is repeated ever more slowly and leaves nothing there.
      expect(history.match(/EVENT_TYPE_WORKFLOW_TASK_FAILED/g)).toHaveLength(1);
      await rename(`${file}.elsewhere`, file);
      await expect(run.result()).resolves.toEqual(input);
    } finally {
      await stopWorker();
    }
  });

  test.each([
    [
      'damaged',
      (file: string) =>
        readFile(file).then((bytes) =>
          writeFile(
            file,
            bytes.map((byte) => byte ^ 1),
          ),
        ),
    ],
    ['cut', (file: string) => truncate(file, 1_000)],
    ['empty', (file: string) => truncate(file, 0)],
  ])('is told from one that is %s', async (_, spoil) => {
    const run = await client.start('echo', input, world.named('damaged'));
    const stopWorker = await world.startWorker();
    try {
      await expect(run.result()).resolves.toEqual(input);
      const [file = ''] = await world.files();
      await spoil(file);
      await expect(run.result()).rejects.toMatchObject({
        type: 'Payload.Lost',
        message: expect.stringContaining('is damaged, its SHA-256 is another') as string,
      });
    } finally {
      await stopWorker();
    }
  });
});

describe('settings that differ', () => {
  test('a worker without the store says what to set, and the run goes on where it is', async () => {
    const run = await client.start('echo', input, world.named('unset'));
    const stopOther = await world.startWorker({});
    await expect(run.status()).rejects.toMatchObject({
      type: 'Config.Invalid',
      message: expect.stringContaining(
        'set HOLDFAST_PAYLOADS as the workers and clients that wrote it have it',
      ) as string,
    });
    await stopOther();
    const stopWorker = await world.startWorker();
    await expect(run.result()).resolves.toEqual(input);
    await stopWorker();
  });

  test('a client without the store is told at once', async () => {
    const run = await client.start('echo', input, world.named('read'));
    const stopWorker = await world.startWorker();
    await run.result();
    await stopWorker();
    const without = await world.open({});
    await expect(without.run(run.workflowId).result()).rejects.toMatchObject({
      type: 'Config.Invalid',
      message: expect.stringContaining('set HOLDFAST_PAYLOADS') as string,
    });
  });

  test('a worker whose store cannot be used does not start', async () => {
    await writeFile(`${world.directory}/file`, '');
    await expect(world.startWorker({ HOLDFAST_PAYLOADS: `file:${world.directory}/file/below` })).rejects.toMatchObject({
      type: 'Config.Invalid',
      message: expect.stringContaining('HOLDFAST_PAYLOADS: cannot write to') as string,
    });
    await expect(world.startWorker({ HOLDFAST_PAYLOADS: 'redis://127.0.0.1:1' })).rejects.toMatchObject({
      type: 'Service.Unreachable',
      message: expect.stringContaining('redis://127.0.0.1:1 does not answer') as string,
    });
  });
});
