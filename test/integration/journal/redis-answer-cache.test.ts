import type { AnswerCache } from '../../../src/journal/answer-cache';
import { createRedisAnswerCache } from '../../../src/journal/redis-answer-cache';
import type { RedisAnswerCacheOptions } from '../../../src/journal/redis-answer-cache';
import { cipherWith, keysOf, useRedis } from './open-redis';

const redis = useRedis();
const hourMs = 3_600_000;

const open = (options: Partial<RedisAnswerCacheOptions> = {}): AnswerCache =>
  createRedisAnswerCache({ redis: redis.current.redis, keyPrefix: redis.current.keyPrefix, ...options });
const answer = (value: string) => ({ answer: { value, model: 'gpt-5', endpoint: 'eastus' }, keepMs: hourMs });
const onlyKey = async (): Promise<string> => {
  const [key, ...others] = await keysOf(redis.current.redis, redis.current.keyPrefix);
  expect(others).toEqual([]);
  return key as string;
};

describe('createRedisAnswerCache', () => {
  test.each([
    ['in plain text', {}],
    ['sealed', { cipher: cipherWith(['a']) }],
  ])('gives back the newest answer, %s', async (_, options) => {
    const cache = open(options);
    expect(await cache.get('acme', 'q', hourMs)).toBeUndefined();
    await cache.put('acme', 'q', answer('old'));
    await cache.put('acme', 'q', answer('new \0 \ud800'));
    expect(await cache.get('acme', 'q', hourMs)).toMatchObject({
      value: 'new \0 \ud800',
      model: 'gpt-5',
      endpoint: 'eastus',
    });
    expect(await redis.current.redis.pttl(await onlyKey())).toBeGreaterThan(hourMs - 60_000);
  });

  test('knows an age by the clock of Redis, and gives nothing older than asked', async () => {
    const cache = open();
    await cache.put('acme', 'q', answer('x'));
    const { redis: client } = redis.current;
    const [seconds] = await client.time();
    const found = await cache.get('acme', 'q', hourMs);
    expect(Math.abs((found?.storedAtMs ?? 0) - Number(seconds) * 1_000)).toBeLessThan(5_000);
    const key = await onlyKey();
    const text = (await client.get(key))?.replace(/^\d+/, (told) => String(Number(told) - 2 * hourMs));
    await client.set(key, text as string);
    expect(await cache.get('acme', 'q', hourMs)).toBeUndefined();
    expect(await cache.get('acme', 'q', 3 * hourMs)).toMatchObject({ value: 'x' });
  });

  test('a tenant meets its own answers only, whatever it is called', async () => {
    const cache = open();
    const tenants = ['acme', 'acme:q', 'acme%3Aq', 'ac', '', '*', 'a\0', '\ud800', '\udc00', '{acme}', 'acme\n'];
    const questions = ['q', 'q:q', '', ':q', 'me:q', '*'];
    for (const tenant of tenants) {
      for (const question of questions) await cache.put(tenant, question, answer(JSON.stringify([tenant, question])));
    }
    for (const tenant of tenants) {
      for (const question of questions) {
        expect((await cache.get(tenant, question, hourMs))?.value).toBe(JSON.stringify([tenant, question]));
      }
    }
  });

  test('a sealed answer opens for the tenant and question it was given to only', async () => {
    const { redis: client } = redis.current;
    const warnings: string[] = [];
    const cache = open({ cipher: cipherWith(['a']), warn: (message) => warnings.push(message) });
    await cache.put('acme', 'q', answer('x'));
    const key = await onlyKey();
    await client.rename(key, key.replace('acme', 'evil'));
    expect(await cache.get('evil', 'q', hourMs)).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('belongs to another key of Redis')]);
  });

  test.each([
    ['no time', 'x'],
    ['no JSON', '1500000000000:x'],
    ['no answer', '1500000000000:{"value":1}'],
  ])('is a miss for %s, tells it, and heals with the next answer', async (_, corrupt) => {
    const warnings: string[] = [];
    const cache = open({ warn: (message) => warnings.push(message) });
    await cache.put('acme', 'q', answer('x'));
    await redis.current.redis.set(await onlyKey(), corrupt);
    expect(await cache.get('acme', 'q', Number.MAX_SAFE_INTEGER)).toBeUndefined();
    expect(warnings).toHaveLength(1);
    await cache.put('acme', 'q', answer('y'));
    expect(await cache.get('acme', 'q', hourMs)).toMatchObject({ value: 'y' });
  });

  test('an answer of another key ring is a miss', async () => {
    await open({ cipher: cipherWith(['old']) }).put('acme', 'q', answer('x'));
    expect(await open({ cipher: cipherWith(['new']) }).get('acme', 'q', hourMs)).toBeUndefined();
    expect(await open().get('acme', 'q', hourMs)).toBeUndefined();
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('%d ms is no time', async (ms) => {
    const defect = { type: 'Llm.Internal', message: expect.stringContaining(`is ${ms}; it must be`) };
    await expect(open().get('acme', 'q', ms)).rejects.toMatchObject(defect);
    await expect(open().put('acme', 'q', { ...answer('x'), keepMs: ms })).rejects.toMatchObject(defect);
  });
});
