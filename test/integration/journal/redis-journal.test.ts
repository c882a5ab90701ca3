import type { Attempt } from '../../../src/contracts/step';
import type { Journal, JournalEntry, ResumableEntry } from '../../../src/journal/journal';
import { createRedisJournal } from '../../../src/journal/redis-journal';
import type { RedisJournalOptions } from '../../../src/journal/redis-journal';
import { cipherWith, keysOf, useRedis } from './open-redis';

const redis = useRedis();
const ttlMs = 3_600_000;

const open = (options: Partial<RedisJournalOptions> = {}): Journal =>
  createRedisJournal({ redis: redis.current.redis, keyPrefix: redis.current.keyPrefix, ttlMs, ...options });

const attempt = (n: number): Attempt => ({ tier: 0, attempt: n, hop: 0, endpoint: 'eastus', outcome: 'Llm.Timeout' });
const entry = (text: string, changes: Partial<JournalEntry> = {}): JournalEntry => ({
  text,
  finishReason: 'stop',
  usage: { inputTokens: 10, outputTokens: 20 },
  costUsd: 0.001,
  endpoint: 'eastus',
  model: 'gpt-5',
  attempt: { ...attempt(1), outcome: 'succeeded' },
  ...changes,
});
const unreadable = (what: string): unknown =>
  expect.objectContaining({ type: 'Journal.Unreadable', message: expect.stringContaining(what) });

describe.each([
  ['in plain text', () => undefined],
  ['sealed', () => cipherWith(['2026b', '2026a'])],
])('createRedisJournal, %s', (_, cipherOf) => {
  const opened = (): Journal => {
    const cipher = cipherOf();
    return open(cipher === undefined ? {} : { cipher });
  };

  test('keeps an answer as it was, whatever is in it', async () => {
    const whole = entry('a\0b \ud800 \udc00 \u{1f600} "\\', {
      finishReason: 'toolCalls',
      toolCalls: [{ id: 'c1', name: 'look_up', arguments: JSON.parse('{"__proto__":{"x":1},"n":[null,1.5]}') }],
      carried: { provider: 'anthropic', data: [{ type: 'thinking', signature: 'abc' }] },
    });
    const journal = opened();
    expect(await journal.get('k')).toBeUndefined();
    expect(await journal.put('k', whole)).toEqual(whole);
    expect(await journal.get('k')).toEqual(whole);
  });

  test('the first of many writers wins, and all of them hear whose answer stands', async () => {
    const { connections, keyPrefix } = redis.current;
    const cipher = cipherOf();
    const journals = connections.map((connection) =>
      createRedisJournal({ redis: connection, keyPrefix, ttlMs, ...(cipher && { cipher }) }),
    );
    const heard = await Promise.all(
      Array.from({ length: 40 }, (__, i) => (journals[i % 4] as Journal).put('k', entry(`answer ${i}`))),
    );
    const standing = await opened().get('k');
    expect(new Set(heard.map(({ text }) => text))).toEqual(new Set([standing?.text]));
  });

  test('knows failed attempts in their order, the last 64', async () => {
    const journal = opened();
    expect(await journal.attempts('k')).toEqual([]);
    for (let n = 1; n <= 70; n++) await journal.recordAttempt('k', attempt(n));
    expect((await journal.attempts('k')).map((made) => made.attempt)).toEqual(
      Array.from({ length: 64 }, (__, i) => i + 7),
    );
  });

  test('knows the last call that was left running until it is cleared', async () => {
    const journal = opened();
    const left = (n: number): ResumableEntry => ({ endpoint: 'eastus', responseId: `resp_${n}`, attempt: n, hop: 0 });
    expect(await journal.resumable('k')).toBeUndefined();
    await journal.putResumable('k', left(1));
    await journal.putResumable('k', left(2));
    expect(await journal.resumable('k')).toEqual(left(2));
    expect(await journal.resumable('other')).toBeUndefined();
    await journal.clearResumable('k');
    await journal.clearResumable('k');
    expect(await journal.resumable('k')).toBeUndefined();
  });

  test('keeps everything as long as it was told and no longer', async () => {
    const journal = opened();
    await journal.put('k', entry('x'));
    await journal.recordAttempt('k', attempt(1));
    await journal.putResumable('k', { endpoint: 'eastus', responseId: 'r', attempt: 1, hop: 0 });
    const keys = await keysOf(redis.current.redis, redis.current.keyPrefix);
    expect(keys).toHaveLength(3);
    for (const key of keys) {
      const leftMs = await redis.current.redis.pttl(key);
      expect(leftMs).toBeGreaterThan(ttlMs - 60_000);
      expect(leftMs).toBeLessThanOrEqual(ttlMs);
    }
  });

  test.each([
    ['no JSON', 'surely no JSON', 'is not JSON'],
    ['cut JSON', '{"text":"a', 'is not JSON'],
    ['a number', '7', 'is not of the form'],
    ['null', 'null', 'is not of the form'],
    ['a list', '[]', 'is not of the form'],
    ['half an entry', '{"text":"a","finishReason":"stop"}', 'is not of the form'],
    ['a number for the text', JSON.stringify({ ...entry(''), text: 7 }), 'is not of the form'],
    ['a usage of words', JSON.stringify({ ...entry(''), usage: { inputTokens: 'many' } }), 'is not of the form'],
    [
      'tool calls without arguments',
      JSON.stringify({ ...entry(''), toolCalls: [{ id: 'a', name: 'b' }] }),
      'is not of',
    ],
  ])('refuses %s where an entry should be', async (__, corrupt, what) => {
    const cipher = cipherOf();
    const { redis: client, keyPrefix } = redis.current;
    const write = (name: string): string => cipher?.seal(corrupt, name) ?? corrupt;
    const [answer, attempts, resumable] = ['journal:k', 'attempts:k', 'resumable:k'].map((key) => keyPrefix + key) as [
      string,
      string,
      string,
    ];
    await client.set(answer, write(answer));
    await client.rpush(attempts, write(attempts));
    await client.set(resumable, write(resumable));
    const journal = opened();
    await expect(journal.get('k')).rejects.toEqual(unreadable(`the entry ${answer} ${what}`));
    await expect(journal.put('k', entry('x'))).rejects.toEqual(unreadable(answer));
    await expect(journal.attempts('k')).rejects.toEqual(unreadable(attempts));
    await expect(journal.resumable('k')).rejects.toEqual(unreadable(resumable));
  });
});

describe('createRedisJournal', () => {
  test('reads entries of before there were tool calls', async () => {
    const old =
      '{"text":"a","finishReason":"stop","usage":{"inputTokens":1,"outputTokens":2},"model":"m","costUsd":0,' +
      '"endpoint":"e","attempt":{"tier":0,"attempt":1,"hop":0,"endpoint":"e","outcome":"succeeded","durationMs":5}}';
    await redis.current.redis.set(`${redis.current.keyPrefix}journal:k`, old);
    expect(await open().get('k')).toEqual(JSON.parse(old));
    expect(await open({ cipher: cipherWith(['a'], 'accept') }).get('k')).toEqual(JSON.parse(old));
    await expect(open({ cipher: cipherWith(['a']) }).get('k')).rejects.toEqual(unreadable('is in plain text'));
  });

  test('reads what an older key sealed, and says which key is missing', async () => {
    await open({ cipher: cipherWith(['old']) }).put('k', entry('x'));
    expect(await open({ cipher: cipherWith(['new', 'old']) }).get('k')).toEqual(entry('x'));
    await expect(open({ cipher: cipherWith(['new']) }).get('k')).rejects.toEqual(unreadable('the key "old"'));
    await expect(open().get('k')).rejects.toEqual(unreadable('is encrypted: set HOLDFAST_JOURNAL_KEYS'));
  });

  test('opens no entry that was moved to another key', async () => {
    const { redis: client, keyPrefix } = redis.current;
    const journal = open({ cipher: cipherWith(['a']) });
    await journal.put('mine', entry('x'));
    await journal.recordAttempt('mine', attempt(1));
    await client.rename(`${keyPrefix}journal:mine`, `${keyPrefix}journal:yours`);
    await client.rename(`${keyPrefix}attempts:mine`, `${keyPrefix}attempts:yours`);
    await expect(journal.get('yours')).rejects.toEqual(unreadable('belongs to another key'));
    await expect(journal.attempts('yours')).rejects.toEqual(unreadable('belongs to another key'));
  });

  test('refuses a key that holds something else', async () => {
    const { redis: client, keyPrefix } = redis.current;
    await client.lpush(`${keyPrefix}journal:k`, 'x');
    await client.set(`${keyPrefix}attempts:k`, 'x');
    await expect(open().get('k')).rejects.toEqual(unreadable('holds something that is none of ours'));
    await expect(open().attempts('k')).rejects.toEqual(unreadable('holds something that is none of ours'));
    await expect(open().recordAttempt('k', attempt(1))).rejects.toEqual(unreadable('none of ours'));
  });

  test('takes the largest answers and refuses at once what no model writes', async () => {
    const large = entry('x'.repeat(4_000_000));
    expect(await open({ cipher: cipherWith(['a']) }).put('k', large)).toEqual(large);
    await expect(open().put('k2', entry('x'.repeat(9_000_000)))).rejects.toMatchObject({
      type: 'Capacity.StoreUnavailable',
      message: expect.stringContaining('keeps up to 8388608 characters per entry'),
    });
    expect(await open().get('k2')).toBeUndefined();
  });
});
