/** The batch board on the journal's Redis. What a question says is sealed like an answer; see `scripts/shared/batch-keys.lua`. */
import type { Cluster, Redis } from 'ioredis';
import { createRedisAsker } from './ask-redis';
import type { AskRedis } from './ask-redis';
import type { BatchBoard, BatchRecord, Left, QuestionPlace, Taken } from './batch-board';
import type { Cipher } from './cipher';
import { isBatchFailure, isBatchQuestion, isBatchRecord } from './entry-shapes';
import { createEntryText } from './entry-text';
import type { EntryText } from './entry-text';
import { keyPart } from './key-part';
import { createScriptRunner } from './scripts';
import type { RunScript } from './scripts';

export interface RedisBatchBoardOptions {
  readonly redis: Redis | Cluster;
  /** Put before every key. */
  readonly keyPrefix: string;
  /** How long everything is kept, ms: as long as the answers. */
  readonly ttlMs: number;
  /** Questions are kept in plain text without. */
  readonly cipher?: Cipher;
}

const newRecord: BatchRecord = { state: 'formed', not: [], refusedBy: [], again: 0 };

export function createRedisBatchBoard(options: RedisBatchBoardOptions): BatchBoard {
  const { redis, keyPrefix, ttlMs, cipher } = options;
  const ask = createRedisAsker(redis);
  const parts = { ask, redis, ttlMs, entryText: createEntryText(cipher), run: createScriptRunner(redis, ask) };
  const entries = createEntries(parts);
  return {
    ...questionsOf(entries, keyPrefix),
    ...queuesOf(parts, keyPrefix),
    ...recordsOf(parts, { entries, keyPrefix }),
  };
}

interface Parts {
  readonly redis: Redis | Cluster;
  readonly ask: AskRedis;
  readonly run: RunScript;
  readonly entryText: EntryText;
  readonly ttlMs: number;
}

interface Entries {
  write(name: string, value: unknown): Promise<void>;
  read<T>(name: string, isEntry: (value: unknown) => value is T): Promise<T | undefined>;
  remove(name: string): Promise<void>;
}

function createEntries({ redis, ask, entryText, ttlMs }: Parts): Entries {
  return {
    async write(name, value) {
      const text = entryText.write(value, name);
      await ask({ what: `writing ${name}`, send: () => redis.set(name, text, 'PX', ttlMs) });
    },
    async read(name, isEntry) {
      const text = await ask({ what: `reading ${name}`, send: () => redis.get(name) });
      return text === null ? undefined : entryText.read(text, name, isEntry);
    },
    async remove(name) {
      await ask({ what: `removing ${name}`, send: () => redis.del(name) });
    },
  };
}

type Questions = 'putQuestion' | 'question' | 'dropQuestion' | 'failure' | 'putFailure' | 'clearFailure';

function questionsOf({ write, read, remove }: Entries, keyPrefix: string): Pick<BatchBoard, Questions> {
  const questionKey = (key: string): string => `${keyPrefix}batch-question:${key}`;
  const failureKey = (key: string): string => `${keyPrefix}batch-failure:${key}`;
  return {
    putQuestion: (key, question) => write(questionKey(key), question),
    question: (key) => read(questionKey(key), isBatchQuestion),
    dropQuestion: (key) => remove(questionKey(key)),
    failure: (key) => read(failureKey(key), isBatchFailure),
    putFailure: (key, failure) => write(failureKey(key), failure),
    clearFailure: (key) => remove(failureKey(key)),
  };
}

/** All keys of a queue lie in one slot of a Redis Cluster. */
function rootOf(keyPrefix: string, queue: string): string {
  return `${keyPrefix}{batch:${keyPart(queue)}}:`;
}

type Queues = 'enqueue' | 'leave' | 'take' | 'keysOf' | 'waitedFor' | 'exclude' | 'close';

function queuesOf({ redis, ask, run, ttlMs }: Parts, keyPrefix: string): Pick<BatchBoard, Queues> {
  const root = (queue: string): string => rootOf(keyPrefix, queue);
  const keysOf = (queue: string, batch: string): Promise<string[]> => {
    const name = `${root(queue)}keys:${batch}`;
    return ask({ what: `reading ${name}`, send: () => redis.zrange(name, '0', '-1') });
  };
  return {
    keysOf,
    async enqueue(queue, { key, bytes, dueInMs }) {
      const reply = await run('queue-question', { key: root(queue), args: [key, bytes, Math.ceil(dueInMs)] });
      return placeOf(reply as [string, string, number]);
    },
    leave: async (queue, key) =>
      leftOf((await run('leave-batch', { key: root(queue), args: [key, ttlMs] })) as string[]),
    async take(queue, batch, { questions, bytes }) {
      const reply = await run('take-batch', { key: root(queue), args: [batch, questions, bytes, ttlMs] });
      return takenOf(reply as string[]);
    },
    async waitedFor(queue, batch) {
      const left = `${root(queue)}left:${batch}`;
      const gone = new Set(await ask({ what: `reading ${left}`, send: () => redis.smembers(left) }));
      return new Set((await keysOf(queue, batch)).filter((key) => !gone.has(key)));
    },
    async exclude(queue, batch, keys) {
      const name = `${root(queue)}keys:${batch}`;
      if (keys.length === 0) return;
      await ask({ what: `writing ${name}`, send: () => redis.zrem(name, ...keys) });
      // Who is not in it any more must not count as one of its last who left.
      await ask({ what: `writing ${name}`, send: () => redis.srem(`${root(queue)}left:${batch}`, ...keys) });
    },
    async close(queue, batch) {
      const name = `${root(queue)}open`;
      await ask({ what: `writing ${name}`, send: () => redis.srem(name, batch) });
    },
  };
}

interface Records {
  readonly entries: Entries;
  readonly keyPrefix: string;
}

function recordsOf(
  { redis, ask, ttlMs }: Parts,
  { entries, keyPrefix }: Records,
): Pick<BatchBoard, 'record' | 'putRecord' | 'ownIds' | 'addOwnId'> {
  const recordKey = (queue: string, batch: string): string => `${rootOf(keyPrefix, queue)}batch:${batch}`;
  const idsKey = (endpoint: string): string => `${keyPrefix}batch-ids:${keyPart(endpoint)}`;
  return {
    record: async (queue, batch) => (await entries.read(recordKey(queue, batch), isBatchRecord)) ?? newRecord,
    putRecord: (queue, batch, record) => entries.write(recordKey(queue, batch), record),
    async ownIds(endpoint) {
      const name = idsKey(endpoint);
      return new Set(await ask({ what: `reading ${name}`, send: () => redis.smembers(name) }));
    },
    async addOwnId(endpoint, id) {
      const name = idsKey(endpoint);
      await ask({ what: `writing ${name}`, send: () => redis.sadd(name, id) });
      await ask({ what: `writing ${name}`, send: () => redis.pexpire(name, ttlMs) });
    },
  };
}

function placeOf([kind, value, count]: readonly [string, string, number]): QuestionPlace {
  return kind === 'batch' ? { kind, batch: value } : { kind: 'queued', isFirst: value === '1', count };
}

function leftOf([kind, batch = '', isAll]: readonly string[]): Left {
  if (kind === 'left') return { kind, batch, isAll: isAll === '1' };
  return { kind: kind === 'removed' ? 'removed' : 'unknown' };
}

function takenOf([kind, number, count]: readonly (string | number)[]): Taken {
  if (kind === 'taken') return { kind, count: Number(number) };
  return kind === 'wait' ? { kind, inMs: Number(number), count: Number(count) } : { kind: 'empty' };
}
