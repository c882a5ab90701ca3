/**
 * The journal on Redis. Its connection is its own setting (`JOURNAL_REDIS_URL`), because it has to keep what it
 * acknowledged (`appendonly yes`, `appendfsync always`, `noeviction`) while the capacity store may lose everything.
 */
import type { ChainableCommander, Cluster, Redis } from 'ioredis';
import { createRedisAsker } from './ask-redis';
import type { Cipher } from './cipher';
import { isAttempt, isJournalEntry, isResumableEntry } from './entry-shapes';
import { createEntryText } from './entry-text';
import type { Journal } from './journal';

export interface RedisJournalOptions {
  readonly redis: Redis | Cluster;
  /** Put before every key. */
  readonly keyPrefix: string;
  /** How long an answer is kept, ms. Longer than any run may take to record it. */
  readonly ttlMs: number;
  /** Entries are kept in plain text without. */
  readonly cipher?: Cipher;
}

const maxAttempts = 64;

export function createRedisJournal({ redis, keyPrefix, ttlMs, cipher }: RedisJournalOptions): Journal {
  const ask = createRedisAsker(redis);
  const entryText = createEntryText(cipher);
  const answerKey = (key: string): string => `${keyPrefix}journal:${key}`;
  const attemptsKey = (key: string): string => `${keyPrefix}attempts:${key}`;
  const resumableKey = (key: string): string => `${keyPrefix}resumable:${key}`;

  async function read<T>(name: string, isEntry: (value: unknown) => value is T): Promise<T | undefined> {
    const text = await ask({ what: `reading ${name}`, send: () => redis.get(name) });
    return text === null ? undefined : entryText.read(text, name, isEntry);
  }

  return {
    get: (key) => read(answerKey(key), isJournalEntry),
    async put(key, entry) {
      const name = answerKey(key);
      const text = entryText.write(entry, name);
      const written = await ask({ what: `writing ${name}`, send: () => redis.set(name, text, 'PX', ttlMs, 'NX') });
      // A repeated write may find its own first one, which is the same entry.
      return written === 'OK' ? entry : ((await read(name, isJournalEntry)) ?? entry);
    },
    async attempts(key) {
      const name = attemptsKey(key);
      const texts = await ask({ what: `reading ${name}`, send: () => redis.lrange(name, 0, -1) });
      return texts.map((text) => entryText.read(text, name, isAttempt));
    },
    async recordAttempt(key, failed) {
      const name = attemptsKey(key);
      const text = entryText.write(failed, name);
      const send = (): Promise<void> =>
        execute(redis.multi().rpush(name, text).ltrim(name, -maxAttempts, -1).pexpire(name, ttlMs));
      // A repetition would count one failed attempt twice.
      await ask({ what: `writing ${name}`, send, isSentOnce: true });
    },
    resumable: (key) => read(resumableKey(key), isResumableEntry),
    async putResumable(key, entry) {
      const name = resumableKey(key);
      const text = entryText.write(entry, name);
      await ask({ what: `writing ${name}`, send: () => redis.set(name, text, 'PX', ttlMs) });
    },
    async clearResumable(key) {
      const name = resumableKey(key);
      await ask({ what: `removing ${name}`, send: () => redis.del(name) });
    },
  };
}

/** A transaction resolves also when its commands failed. */
async function execute(transaction: ChainableCommander): Promise<void> {
  for (const [error] of (await transaction.exec()) ?? []) {
    if (error !== null) throw error;
  }
}
