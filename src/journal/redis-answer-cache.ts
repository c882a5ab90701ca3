/** The answer cache on Redis, beside the journal. It may lose everything: a miss costs a call. */
import type { Cluster, Redis } from 'ioredis';
import { HoldfastError } from '../errors/holdfast-error';
import type { AnswerCache } from './answer-cache';
import { createRedisAsker } from './ask-redis';
import type { Cipher } from './cipher';
import { isCachedAnswer } from './entry-shapes';
import { createEntryText } from './entry-text';
import { keyPart } from './key-part';
import { createScriptRunner } from './scripts';

export interface RedisAnswerCacheOptions {
  readonly redis: Redis | Cluster;
  /** Put before every key. */
  readonly keyPrefix: string;
  /** Answers are kept in plain text without. */
  readonly cipher?: Cipher;
  /** Told about an answer that cannot be read: it is a miss, and the next answer takes its place. */
  readonly warn?: (message: string) => void;
}

export function createRedisAnswerCache({ redis, keyPrefix, cipher, warn }: RedisAnswerCacheOptions): AnswerCache {
  const run = createScriptRunner(redis, createRedisAsker(redis));
  const entryText = createEntryText(cipher);
  const nameOf = (tenant: string, key: string): string => `${keyPrefix}answer:${keyPart(tenant)}:${keyPart(key)}`;
  return {
    async get(tenant, key, maxAgeMs) {
      checkMs(maxAgeMs, 'the greatest age');
      const name = nameOf(tenant, key);
      try {
        const found = await run('find-answer', { key: name, args: [Math.floor(maxAgeMs)] });
        if (found === null) return undefined;
        const [storedAt, text] = found as [string, string];
        return { ...entryText.read(text, name, isCachedAnswer), storedAtMs: Number(storedAt) };
      } catch (error) {
        if (!(error instanceof HoldfastError) || error.type !== 'Journal.Unreadable') throw error;
        warn?.(`a cached answer is not used: ${error.message}`);
        return undefined;
      }
    },
    async put(tenant, key, { answer, keepMs }) {
      checkMs(keepMs, 'the time to keep');
      const name = nameOf(tenant, key);
      const { value, model, endpoint } = answer;
      const text = entryText.write({ value, model, endpoint }, name);
      await run('keep-answer', { key: name, args: [text, Math.ceil(keepMs)] });
    },
  };
}

function checkMs(ms: number, what: string): void {
  if (Number.isFinite(ms) && ms >= 1) return;
  throw new HoldfastError('Llm.Internal', `${what} of a cached answer is ${ms}; it must be a number of milliseconds.`);
}
