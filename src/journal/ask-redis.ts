/**
 * How the journal's Redis is asked: no answer is waited for longer than 450 ms, and what may be sent twice without harm
 * is sent once more when it fails. The same times as the capacity scripts have; that runner and this one share no code,
 * because neither folder may import the other and no folder below both may know Redis.
 */
import type { Cluster, Redis } from 'ioredis';
import { HoldfastError } from '../errors/holdfast-error';

export interface Question<T> {
  /** For messages, e.g. `get of journal:…`. */
  readonly what: string;
  readonly send: () => Promise<T>;
  /** Sent again it would count twice. Default false. */
  readonly isSentOnce?: boolean;
}

/**
 * Throws `Capacity.StoreUnavailable` when Redis does not answer in time or cannot serve now, `Journal.Unreadable` when
 * the key holds something else, `Llm.Internal` when the command itself is wrong.
 */
export type AskRedis = <T>(question: Question<T>) => Promise<T>;

const totalTimeoutMs = 450;
const commandTimeoutMs = 200;
/** Before a command is repeated that failed at once: a connection that is being replaced is back by then. */
const pauseBeforeRepeatMs = 25;

export function createRedisAsker(redis: Redis | Cluster): AskRedis {
  const becomeReady = readiness(redis);

  async function attempt<T>(send: () => Promise<T>, timeoutMs: number): Promise<T> {
    const startedAt = performance.now();
    await withTimeout(becomeReady(), timeoutMs);
    return withTimeout(send(), Math.max(1, timeoutMs - (performance.now() - startedAt)));
  }

  return async ({ what, send, isSentOnce = false }) => {
    const endsAt = performance.now() + totalTimeoutMs;
    const attempts = isSentOnce ? 1 : 2;
    let cause: unknown;
    for (let tries = 0; tries < attempts; tries++) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, pauseBeforeRepeatMs));
      const leftMs = endsAt - performance.now();
      if (leftMs <= 0) break;
      try {
        return await attempt(send, Math.min(commandTimeoutMs, leftMs));
      } catch (error) {
        throwDefect(what, error);
        cause = error;
      }
    }
    const reason = redis.status === 'ready' ? textOf(cause) : `not connected (${textOf(cause)})`;
    const message = `the journal's Redis: ${what} failed: ${reason}. Check that it runs and answers.`;
    throw new HoldfastError('Capacity.StoreUnavailable', message, {}, { cause });
  };
}

/** Waits while the client connects: a command sent now would fail at once. Callers share one pair of listeners. */
function readiness(redis: Redis | Cluster): () => Promise<void> {
  let waiting: Promise<void> | undefined;
  return async () => {
    // In `wait` the first command connects, in `end` it fails.
    if (redis.status === 'ready' || redis.status === 'wait' || redis.status === 'end') return;
    waiting ??= new Promise<void>((resolve) => {
      const settle = (): void => {
        redis.off('ready', settle).off('end', settle);
        waiting = undefined;
        resolve();
      };
      redis.on('ready', settle).on('end', settle);
    });
    await waiting;
  };
}

async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${Math.round(timeoutMs)} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Refusals that do not pass; everything else Redis says (LOADING, READONLY, OOM, …) may. */
function throwDefect(what: string, error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return;
  if (error.message.startsWith('WRONGTYPE ')) {
    const message = `${what}: the key holds something that is none of ours. Is the key prefix used by somebody else?`;
    throw new HoldfastError('Journal.Unreadable', message, {}, { cause: error });
  }
  if (error.message.startsWith('ERR ')) {
    const message = `${what}: Redis refused the command: ${textOf(error)}. Report it.`;
    throw new HoldfastError('Llm.Internal', message, {}, { cause: error });
  }
}

/** As a clause. Node leaves the message of a failed dual-stack connect empty and puts it into `code`. */
function textOf(error: unknown): string {
  const { message, code } = (error ?? {}) as { message?: string; code?: string };
  return (message || code || String(error)).replace(/\.+$/, '');
}
