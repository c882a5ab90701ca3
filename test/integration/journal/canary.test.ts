/** With keys, Redis holds nothing that a model was asked or has answered. */
import type { Redis } from 'ioredis';
import type { Cipher } from '../../../src/journal/cipher';
import { createRedisAnswerCache } from '../../../src/journal/redis-answer-cache';
import { createRedisJournal } from '../../../src/journal/redis-journal';
import { cipherWith, keysOf, useRedis } from './open-redis';

const redis = useRedis();
const secret = 'canary-7f3a9c';

/** Names and values of all keys, not as DUMP gives them: that is compressed. */
async function everything(client: Redis, keyPrefix: string): Promise<string[]> {
  const texts: string[] = [];
  for (const key of await keysOf(client, keyPrefix)) {
    const type = await client.type(key);
    const value =
      type === 'string'
        ? await client.get(key)
        : type === 'list'
          ? await client.lrange(key, 0, -1)
          : type === 'stream'
            ? await client.xrange(key, '-', '+')
            : undefined;
    if (value === undefined) throw new Error(`${key} is a ${type}: this test does not look into it`);
    texts.push(key, JSON.stringify(value));
  }
  return texts;
}

async function writeAll(cipher: Cipher | undefined): Promise<string[]> {
  const { redis: client, keyPrefix } = redis.current;
  const sealed = cipher === undefined ? {} : { cipher };
  const journal = createRedisJournal({ redis: client, keyPrefix, ttlMs: 60_000, ...sealed });
  const cache = createRedisAnswerCache({ redis: client, keyPrefix, ...sealed });
  const attempt = { tier: 0, attempt: 1, hop: 0, endpoint: `eastus ${secret}`, outcome: 'Llm.Timeout' };
  await journal.put('k', {
    text: `the answer is ${secret}`,
    toolCalls: [{ id: 'c', name: 'look_up', arguments: { of: secret } }],
    carried: { provider: 'anthropic', data: { thinking: secret } },
    finishReason: 'toolCalls',
    usage: { inputTokens: 1, outputTokens: 1 },
    costUsd: 0,
    endpoint: 'eastus',
    model: 'gpt-5',
    attempt,
  });
  await journal.recordAttempt('k', attempt);
  await journal.putResumable('k', { endpoint: 'eastus', responseId: secret, attempt: 1, hop: 0 });
  await cache.put('acme', 'q', { answer: { value: { answer: secret }, model: 'm', endpoint: 'e' }, keepMs: 60_000 });
  const stream = `${keyPrefix}stream:k`;
  const piece = JSON.stringify({ kind: 'text', text: `the answer is ${secret}` });
  await client.xadd(stream, '*', 'event', cipher?.seal(piece, stream) ?? piece);
  const texts = await everything(client, keyPrefix);
  // Five keys, with name and value.
  expect(texts).toHaveLength(10);
  return texts.filter((text) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64')));
}

describe('everything in Redis', () => {
  test('shows the secret in all five places without a key', async () => {
    expect(await writeAll(undefined)).toHaveLength(5);
  });

  test('shows it nowhere with one', async () => {
    expect(await writeAll(cipherWith(['a']))).toEqual([]);
  });
});
