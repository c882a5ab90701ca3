/**
 * Where workers post that a pipeline meets a full queue, and clients look before they start another run of it. A notice
 * stands for a part of the expected wait only: the queue moves, and the next call that is refused posts it again.
 */
import type { Cluster, Redis } from 'ioredis';
import { overloadIn } from '../contracts/overload';
import type { Overload } from '../contracts/overload';
import { openClientRedis } from './client-redis';

export interface OverloadBoardOptions {
  readonly redis: Redis | Cluster;
  /** Put before every key. */
  readonly keyPrefix: string;
}

export interface OverloadBoard {
  /** Returns at once. A notice that is lost lets runs start that will be refused later. */
  post(pipeline: string, overload: Overload): void;
  /** Answers within 200 ms. Undefined also when Redis does not answer: nothing is refused on a guess. */
  read(pipeline: string): Promise<Overload | undefined>;
}

export interface OpenOverloadBoard extends Pick<OverloadBoard, 'read'> {
  close(): void;
}

const readBudgetMs = 200;
/** A notice stands for this share of the expected wait, within these bounds. */
const standing = { share: 0.25, leastMs: 1_000, mostMs: 10_000 } as const;

export function createOverloadBoard({ redis, keyPrefix }: OverloadBoardOptions): OverloadBoard {
  const keyOf = (pipeline: string): string => `${keyPrefix}overloaded:${pipeline}`;
  return {
    post(pipeline, overload) {
      const text = JSON.stringify(overload);
      void redis.set(keyOf(pipeline), text, 'PX', standingMsOf(overload)).catch(() => undefined);
    },
    async read(pipeline) {
      try {
        const text = await withinBudget(redis.get(keyOf(pipeline)));
        return text === null ? undefined : overloadIn(JSON.parse(text));
      } catch {
        return undefined;
      }
    },
  };
}

function standingMsOf({ expectedMs }: Overload): number {
  const { share, leastMs, mostMs } = standing;
  return Math.round(Math.min(mostMs, Math.max(leastMs, expectedMs * share)));
}

async function withinBudget<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), readBudgetMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Connects with the first read. Throws `Config.Invalid` for an address that is none; one where nobody answers is fine. */
export function openOverloadBoard(url: string, keyPrefix: string): OpenOverloadBoard {
  const redis = openClientRedis(url, 'overload notices', { disconnectTimeout: readBudgetMs });
  const { read } = createOverloadBoard({ redis, keyPrefix });
  return { read, close: () => redis.disconnect() };
}
