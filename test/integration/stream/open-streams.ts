/** A stream log and its readers on the tests' Redis, under a key prefix of their own. */
import { randomUUID } from 'node:crypto';
import { createRedisConnection } from '../../../src/capacity/redis-connection';
import type { RedisConnection } from '../../../src/capacity/redis-connection';
import { createRedisStreamLog } from '../../../src/journal/redis-stream-log';
import type { RedisStreamLogOptions } from '../../../src/journal/redis-stream-log';
import { streamKeyOf } from '../../../src/journal/stream-entry';
import type { AttemptStamp, ReadEvent, StreamId, StreamLog } from '../../../src/journal/stream-log';
import { readStream } from '../../../src/journal/stream-reader';
import type { ReadStreamOptions } from '../../../src/journal/stream-reader';
import { openStreamSource } from '../../../src/journal/stream-source';
import type { StreamSource } from '../../../src/journal/stream-source';
import { readServices } from '../../support/services';

export interface Streams {
  readonly id: StreamId;
  readonly key: string;
  /** The workers' connection. */
  readonly redis: RedisConnection;
  readonly log: StreamLog;
  readonly source: StreamSource;
  /** Follows the stream; a step that may still write, unless told otherwise. */
  read(options?: Partial<ReadStreamOptions>): AsyncIterableIterator<ReadEvent>;
  close(): Promise<void>;
}

export interface StreamsOptions extends Partial<Omit<RedisStreamLogOptions, 'redis' | 'keyPrefix'>> {
  /** Of the writers. Default: the tests' Redis. */
  readonly url?: string;
  /** Of the readers. Default: the same. */
  readonly readUrl?: string;
  /** Default: the writers'. */
  readonly readCipher?: RedisStreamLogOptions['cipher'] | 'none';
}

export async function openStreams(options: StreamsOptions = {}): Promise<Streams> {
  const { url = readServices().redisUrl, readUrl = url, readCipher = options.cipher, ...logOptions } = options;
  const redis = await createRedisConnection(url, { role: 'journal' });
  const keyPrefix = `test:${randomUUID().slice(0, 8)}:`;
  const id = { runKey: 'answerAll:run-1/0198', step: 'chat.answer', occurrence: 0 };
  const keys = readCipher === undefined || readCipher === 'none' ? {} : { cipher: readCipher };
  const source = openStreamSource({ url: readUrl, keyPrefix, ...keys });
  return {
    id,
    key: streamKeyOf(keyPrefix, id),
    redis,
    log: createRedisStreamLog({ redis, keyPrefix, ...logOptions }),
    source,
    read: (reading = {}) =>
      readStream(source, { locate: () => Promise.resolve(id), verdict: () => Promise.resolve(undefined), ...reading }),
    close: async () => {
      source.close();
      await redis.quit().catch(() => redis.disconnect());
    },
  };
}

/** Attempt n of the step's first call. */
export function attempt(number: number, more: Partial<AttemptStamp> = {}): AttemptStamp {
  return { scheduledAtMs: 1_760_000_000_000, tier: 0, callIndex: 0, attempt: number, hop: 0, ...more };
}

/** Reads until the log is over, or until `isEnough` says so. */
export async function collect(
  events: AsyncIterable<ReadEvent>,
  isEnough: (event: ReadEvent) => boolean = () => false,
): Promise<ReadEvent[]> {
  const seen: ReadEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (isEnough(event)) break;
  }
  return seen;
}

/** What somebody who keeps the rules shows at the end: the text since the last reset. */
export function shownBy(events: readonly ReadEvent[]): string {
  return events.reduce(
    (shown, { event }) => (event.kind === 'reset' ? '' : event.kind === 'text' ? shown + event.text : shown),
    '',
  );
}

/** One word for each event: `reset 2`, `end`; texts in a row are one. */
export function outlineOf(events: readonly ReadEvent[]): string[] {
  const words = events.map(({ event }) => {
    if (event.kind === 'reset') return `${event.reason === 'attempt' ? 'reset' : event.reason} ${event.place.attempt}`;
    return event.kind === 'failed' ? `failed ${event.failure}` : event.kind;
  });
  return words.filter((word, at) => word !== 'text' || words[at - 1] !== 'text');
}
