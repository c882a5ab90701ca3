import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { sweepStore } from '../../../src/security/payload-storage/housekeeping';
import { createRedisStore } from '../../../src/security/payload-storage/redis-store';
import { createStorageDriver } from '../../../src/security/payload-storage/storage-driver';
import { readServices } from '../../support/services';
import { startPayloadWorld } from './payload-world';

const { redisUrl } = readServices();
const key = 'ab'.repeat(32);
const ttlMs = 60_000;
let redis: Redis;
let keyPrefix: string;

beforeEach(() => {
  redis = new Redis(redisUrl);
  keyPrefix = `test:${randomUUID()}:`;
});
afterEach(() => redis.disconnect());

describe('createRedisStore', () => {
  test('keeps bytes as they are, for as long as they are used', async () => {
    const store = createRedisStore({ url: redisUrl, keyPrefix, ttlMs });
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    await store.put(key, bytes);
    expect(await store.get(key)).toEqual(bytes);
    const name = `${keyPrefix}payload:${key}`;
    for (const use of [() => store.put(key, bytes), () => store.get(key)]) {
      await redis.pexpire(name, 1_000);
      await use();
      expect(await redis.pttl(name)).toBeGreaterThan(ttlMs - 5_000);
    }
    store.close();
  });

  test('lists its own payloads, and removes what Redis has not seen used for so long', async () => {
    const store = createRedisStore({ url: redisUrl, keyPrefix, ttlMs });
    await store.put(key, Buffer.from('bytes'));
    const old = 'cd'.repeat(32);
    const dump = await redis.dumpBuffer(`${keyPrefix}payload:${key}`);
    const dayMs = 24 * 60 * 60 * 1_000;
    await redis.restore(`${keyPrefix}payload:${old}`, ttlMs, dump, 'IDLETIME', (40 * dayMs) / 1_000);
    await redis.set(`${keyPrefix}other:${key}`, 'theirs');
    const unusedSinceMs = Date.now() - 30 * dayMs;
    await expect(sweepStore(store, { unusedSinceMs, isDryRun: true })).resolves.toMatchObject({ kept: 1, removed: 1 });
    // A use between the listing and the removal.
    await store.get(old);
    expect(await store.removeUnused(old, unusedSinceMs)).toBe(false);
    await redis.del(`${keyPrefix}payload:${old}`);
    await redis.restore(`${keyPrefix}payload:${old}`, ttlMs, dump, 'IDLETIME', (40 * dayMs) / 1_000);
    await expect(sweepStore(store, { unusedSinceMs, isDryRun: false })).resolves.toMatchObject({ kept: 1, removed: 1 });
    expect((await redis.keys(`${keyPrefix}*`)).sort()).toEqual([
      `${keyPrefix}other:${key}`,
      `${keyPrefix}payload:${key}`,
    ]);
    store.close();
  });

  test('answers undefined for what is not there', async () => {
    const store = createRedisStore({ url: redisUrl, keyPrefix, ttlMs });
    await expect(store.get(key)).resolves.toBeUndefined();
    store.close();
  });

  test('nobody at the address is a failure that can be repeated, and tells where', async () => {
    const store = createRedisStore({ url: 'redis://user:secret@127.0.0.1:1', keyPrefix, ttlMs });
    const driver = createStorageDriver(store, (error) => error);
    await expect(driver.store({}, [{ data: Buffer.from('x') }])).rejects.toMatchObject({
      type: 'Payload.StoreUnavailable',
      message: expect.stringMatching(/^redis:\/\/127.0.0.1:1 does not work: connect ECONNREFUSED/) as string,
    });
    store.close();
  });

  test('carries a run of 3 MB', async () => {
    const world = await startPayloadWorld({ HOLDFAST_PAYLOADS: 'redis' });
    const stopWorker = await world.startWorker();
    try {
      const client = await world.open();
      const input = { text: 'x'.repeat(3_000_000) };
      const run = await client.start('echo', input, world.named('redis'));
      await expect(run.result()).resolves.toEqual(input);
      const keys = await redis.keys(`${world.harness.environment['HOLDFAST_KEY_PREFIX'] ?? ''}payload:*`);
      expect(keys).toHaveLength(1);
    } finally {
      await stopWorker();
      await world.stop();
    }
  });
});
