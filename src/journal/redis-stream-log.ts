/**
 * The stream log on Redis. It may share the journal's Redis, but keeps nothing that is needed later: a stream is trimmed
 * to its last entries and expires, and one that was lost costs its readers the text, never a run its answer.
 */
import { Redis } from 'ioredis';
import type { Cluster } from 'ioredis';
import type { Cipher } from './cipher';
import { encodeEntry, streamKeyOf } from './stream-entry';
import type { StreamId, StreamLog } from './stream-log';
import { AttemptWriter, within, writerFigures } from './stream-writer';
import type { WriterOptions } from './stream-writer';

export interface RedisStreamLogOptions {
  /** One that does not wait: `createRedisConnection(url, { role: 'journal' })`. */
  readonly redis: Redis | Cluster;
  /** Put before every key. */
  readonly keyPrefix: string;
  /** Encrypts the texts; endpoints and failure types stay readable. */
  readonly cipher?: Cipher;
  /**
   * About how many entries of one opening are kept. Default 10,000: at most 4 KB each, and some 15 minutes of a model that
   * writes without pause.
   */
  readonly maxEntries?: number;
  /** How long an opening is kept after its last entry, ms. Default one hour: a browser may have been closed meanwhile. */
  readonly ttlMs?: number;
}

/** A stream's time to live is set anew this often rather than with every entry: share of it. */
const touchShare = 1 / 60;

export function createRedisStreamLog(options: RedisStreamLogOptions): StreamLog {
  const { redis, keyPrefix, cipher, maxEntries = 10_000, ttlMs = 3_600_000 } = options;
  const execute = createExecutor(redis);

  function appenderTo(id: StreamId): WriterOptions['append'] {
    const key = streamKeyOf(keyPrefix, id);
    let touchedAtMs = Number.NEGATIVE_INFINITY;
    return async (entries) => {
      const now = performance.now();
      const commands = entries.map((entry) => {
        const [head, value] = encodeEntry(entry, { key, cipher });
        return ['xadd', key, 'MAXLEN', '~', maxEntries, '*', 'h', head, 'v', value];
      });
      const isLast = entries.some(({ kind }) => kind === 'end' || kind === 'failed');
      const touches = isLast || now - touchedAtMs > ttlMs * touchShare;
      await execute(touches ? [...commands, ['pexpire', key, ttlMs]] : commands);
      if (touches) touchedAtMs = now;
    };
  }

  return {
    open: (id, stamp, endpoint) =>
      new AttemptWriter({ stamp, endpoint, append: appenderTo(id), figures: writerFigures }),
    async fail(id, failure) {
      const append = appenderTo(id);
      await within(
        writerFigures.waitMs,
        writeSoon(() => append([{ kind: 'failed', failure }])),
      );
    },
  };
}

type Command = readonly (string | number)[];

/** Executes in order. Rejects when one of the commands has failed, or may have. */
type Execute = (commands: readonly Command[]) => Promise<void>;

interface Turn {
  readonly commands: Command[];
  readonly outcomes: Promise<readonly (Error | undefined)[]>;
}

/**
 * What all writers of a process have to say in one turn of the event loop goes out together: one write to the socket, and
 * one sync where Redis syncs before it answers. A cluster is written to stream by stream, because a pipeline has one node.
 */
function createExecutor(redis: Redis | Cluster): Execute {
  let turn: Turn | undefined;
  const begin = (): Turn => {
    const commands: Command[] = [];
    const outcomes = new Promise<void>(setImmediate).then(() => {
      turn = undefined;
      return outcomesOf(redis, commands);
    });
    return { commands, outcomes };
  };
  return async (commands) => {
    let outcomes: readonly (Error | undefined)[];
    if (redis instanceof Redis) {
      turn ??= begin();
      const at = turn.commands.push(...commands) - commands.length;
      outcomes = (await turn.outcomes).slice(at, at + commands.length);
    } else {
      outcomes = await outcomesOf(redis, commands);
    }
    const failed = outcomes.find((outcome) => outcome !== undefined);
    if (failed !== undefined) throw failed;
  };
}

async function outcomesOf(
  redis: Redis | Cluster,
  commands: readonly Command[],
): Promise<readonly (Error | undefined)[]> {
  const answers = await redis.pipeline(commands.map((command) => [...command])).exec();
  return commands.map((_, index) => {
    const [error] = answers?.[index] ?? [new Error('nothing was executed')];
    return error ?? undefined;
  });
}

/** Resolves when it is written or has failed once; then it is tried again behind the caller's back. */
async function writeSoon(write: () => Promise<void>): Promise<void> {
  const { retryMs, giveUpMs } = writerFigures;
  const givesUpAtMs = performance.now() + giveUpMs;
  const attempt = async (pauseMs: number): Promise<void> => {
    try {
      await write();
    } catch {
      // As with a text: the reader goes without, and asks the run itself.
      if (performance.now() > givesUpAtMs) return;
      setTimeout(() => void attempt(Math.min(pauseMs * 2, retryMs.cap)), pauseMs).unref();
    }
  };
  await attempt(retryMs.first);
}
