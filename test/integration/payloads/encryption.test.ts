import { Redis } from 'ioredis';
import type { HoldfastClient } from '../../../src/client';
import { readServices } from '../../support/services';
import { fileTexts, keys, startPayloadWorld } from './payload-world';
import type { PayloadWorld } from './payload-world';

const canary = 'canary-4711';
const oldKeys = `k0:${Buffer.alloc(32, 1).toString('base64')}`;
const large = { text: `${canary} `.repeat(20_000) };

async function redisText(prefix: string): Promise<string> {
  const redis = new Redis(readServices().redisUrl);
  try {
    const names = await redis.keys(`${prefix}payload:*`);
    const values = await Promise.all(names.map((name) => redis.getBuffer(name)));
    return values.map((value) => value?.toString('latin1') ?? '').join('\n');
  } finally {
    redis.disconnect();
  }
}

describe('with HOLDFAST_PAYLOAD_KEYS', () => {
  let world: PayloadWorld;
  let client: HoldfastClient;
  let stopWorker: () => Promise<void>;

  beforeAll(async () => {
    world = await startPayloadWorld({ HOLDFAST_PAYLOAD_KEYS: keys });
    client = await world.open();
    stopWorker = await world.startWorker();
  });
  afterAll(async () => {
    await stopWorker();
    await world.stop();
  });

  test('the input, large and small, is nowhere in history and files', async () => {
    const run = await client.start('echo', { ...large, topic: canary }, world.named('large'));
    await expect(run.result()).resolves.toEqual({ ...large, topic: canary });
    const small = await client.start('echo', { topic: canary }, world.named('small'));
    await expect(small.result()).resolves.toEqual({ topic: canary });
    expect(await world.historyText(run.workflowId)).not.toContain(canary);
    expect(await world.historyText(small.workflowId)).not.toContain(canary);
    expect(await fileTexts(world)).not.toContain(canary);
    // One file for the input, and the result is the same: equal payloads of a run are sealed alike.
    expect(await world.files()).toHaveLength(1);
  });

  test('nor in Redis', async () => {
    const settings = { HOLDFAST_PAYLOAD_KEYS: keys, HOLDFAST_PAYLOADS: 'redis' };
    const prefix = `${world.harness.environment['HOLDFAST_KEY_PREFIX'] ?? ''}sealed:`;
    const inRedis = await world.open({ ...settings, HOLDFAST_KEY_PREFIX: prefix });
    await inRedis.start('echo', large, world.named('redis'));
    const text = await redisText(prefix);
    expect(text.length).toBeGreaterThan(200_000);
    expect(text).not.toContain(canary);
  });

  test('what failed, and why, is not in history', async () => {
    // A variable the prompt does not know, which the failure names. The step's own name stands in a search attribute.
    const input = { step: 'test.plain', variables: { topic: canary, [canary]: canary } };
    const run = await client.start('oneStep', input, world.named('failed'));
    await expect(run.result()).rejects.toMatchObject({ message: expect.stringContaining(canary) as string });
    const history = await world.historyText(run.workflowId);
    expect(history).toContain('Encoded failure');
    expect(history).not.toContain(canary);
  });

  test('a plain signal is ignored and counted, and does not stop the run', async () => {
    const run = await client.start('echoWhenAsked', { text: 'x' }, world.named('signal'));
    await world.waitingForPerson(run);
    const decision = { approval: 'publish', outcome: 'approved', by: 'mallory' };
    await world.temporal.workflow.getHandle(run.workflowId).signal('decision', decision);
    const status = await world.waitingForPerson(run);
    expect(status.ignoredDecisions).toBe(1);
    await world.approve(run);
    await expect(run.result()).resolves.toEqual({ text: 'x' });
  });

  test('a run that was started in plain text stands still and says why', async () => {
    const plain = await world.open({});
    const run = await plain.start('echo', { text: 'x' }, world.named('plain'));
    await expect(client.run(run.workflowId).status()).rejects.toMatchObject({
      message: expect.stringContaining('is in plain text although HOLDFAST_PAYLOAD_KEYS is set') as string,
    });
  });

  test('a client without keys is told which one', async () => {
    const run = await client.start('echo', { text: 'x' }, world.named('keyless'));
    await run.result();
    const without = await world.open({});
    await expect(without.run(run.workflowId).result()).rejects.toMatchObject({
      type: 'Payload.Unreadable',
      message: 'a payload is encrypted with the key "k1": add it to HOLDFAST_PAYLOAD_KEYS',
    });
  });
});

describe('while keys change', () => {
  test('a run that was started before encryption ends under it, and one of an old key under a new one', async () => {
    const world = await startPayloadWorld();
    const plain = await world.open();
    const unsealed = await plain.start('echo', large, world.named('before'));
    const old = await world.open({ ...world.settings, HOLDFAST_PAYLOAD_KEYS: oldKeys });
    const sealed = await old.start('echo', large, world.named('old'));
    const settings = {
      ...world.settings,
      HOLDFAST_PAYLOAD_KEYS: `${keys},${oldKeys}`,
      HOLDFAST_PAYLOAD_PLAINTEXT: 'accept',
    };
    const stopWorker = await world.startWorker(settings);
    const client = await world.open(settings);
    await expect(client.run(unsealed.workflowId).result()).resolves.toEqual(large);
    await expect(client.run(sealed.workflowId).result()).resolves.toEqual(large);
    await stopWorker();
    await world.stop();
  });
});
