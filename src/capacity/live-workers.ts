/**
 * How many worker processes share the limits. Each announces itself, so that every one of them knows the count before the
 * store is lost and they have to divide the limits among themselves (`local-share.ts`).
 */
import type { RedisConnection } from './redis-connection';

export interface LiveWorkersOptions {
  readonly redis: RedisConnection;
  /** Put before the key as it is. */
  readonly keyPrefix: string;
  /** Names this process; unique. */
  readonly id: string;
}

export interface LiveWorkers {
  /** At least 1. Answers at once what was seen last, also while Redis is down. */
  count(): number;
  /** Leaves, as far as Redis answers. */
  close(): Promise<void>;
}

const everyMs = 10_000;
/** Workers that start together know of each other after this. */
const secondAfterMs = 1_000;
/** Two announcements may be lost. */
const lapsesAfterMs = 30_000;

/**
 * Input: KEYS 1 the workers; ARGV 1 id, 2 lapsesAfterMs. Output: how many are alive.
 * On the clock of Redis, because those of the workers may differ.
 */
const announceScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])`;

/** Announces this process now and every 10 s until `close`; it does not keep the process alive. */
export function announceWorker({ redis, keyPrefix, id }: LiveWorkersOptions): LiveWorkers {
  const key = `${keyPrefix}workers`;
  const seen: { readonly atMs: number; readonly count: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function announce(): Promise<void> {
    const count = Number(await redis.eval(announceScript, 1, key, id, lapsesAfterMs));
    const atMs = performance.now();
    seen.push({ atMs, count });
    while ((seen[0]?.atMs ?? atMs) < atMs - lapsesAfterMs) seen.shift();
  }

  function repeat(delayMs: number): Promise<void> {
    // A lost announcement is made up by the next one.
    const announced = announce().catch(() => undefined);
    if (!isClosed) timer = setTimeout(() => void (last = repeat(everyMs)), delayMs).unref();
    return announced;
  }

  let last = repeat(secondAfterMs);
  return {
    // The most of one lapse: after a flush, the others are missing until they have announced themselves again.
    count: () => Math.max(1, ...seen.map(({ count }) => count)),
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await last;
      // Without Redis the announcement lapses by itself.
      await redis.zrem(key, id).catch(() => undefined);
    },
  };
}
