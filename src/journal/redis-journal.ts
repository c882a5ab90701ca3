/**
 * The journal on Redis. Its connection is its own setting (`JOURNAL_REDIS_URL`), because it has to keep what it
 * acknowledged (`appendonly yes`, `appendfsync always`, `noeviction`) while the capacity store may lose everything.
 */
import type { Cluster, Redis } from 'ioredis';
import { HoldfastError } from '../errors/holdfast-error';
import type { Attempt } from '../contracts/step';
import type { Journal, JournalEntry } from './journal';

export interface RedisJournalOptions {
  readonly redis: Redis | Cluster;
  /** Put before every key. */
  readonly keyPrefix: string;
  /** How long an answer is kept, ms. Longer than any run may take to record it. */
  readonly ttlMs: number;
}

export function createRedisJournal({ redis, keyPrefix, ttlMs }: RedisJournalOptions): Journal {
  const answerKey = (key: string): string => `${keyPrefix}journal:${key}`;
  const attemptsKey = (key: string): string => `${keyPrefix}attempts:${key}`;
  return {
    async get(key) {
      const text = await attempt(() => redis.get(answerKey(key)));
      return text === null ? undefined : (JSON.parse(text) as JournalEntry);
    },
    async put(key, entry) {
      const text = JSON.stringify(entry);
      const written = await attempt(() => redis.set(answerKey(key), text, 'PX', ttlMs, 'NX'));
      if (written === 'OK') return entry;
      const standing = await attempt(() => redis.get(answerKey(key)));
      return standing === null ? entry : (JSON.parse(standing) as JournalEntry);
    },
    async attempts(key) {
      const texts = await attempt(() => redis.lrange(attemptsKey(key), 0, -1));
      return texts.map((text) => JSON.parse(text) as Attempt);
    },
    async recordAttempt(key, failed) {
      const name = attemptsKey(key);
      // Sent once: a repetition would count one failed attempt twice.
      const text = JSON.stringify(failed);
      await redis.multi().rpush(name, text).ltrim(name, -maxAttempts, -1).pexpire(name, ttlMs).exec();
    },
  };
}

const maxAttempts = 64;

/** One repetition: the commands sent through here may be sent twice without harm. */
async function attempt<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch {
    try {
      return await command();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new HoldfastError(
        'Capacity.StoreUnavailable',
        `the journal does not answer: ${message}`,
        {},
        { cause: error },
      );
    }
  }
}
