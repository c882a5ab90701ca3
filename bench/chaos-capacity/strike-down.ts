/** Does one thing to the engine, and makes sure that it really happened: what did not is not counted as fired. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { SimulatorControl } from '../../src/simulator';
import { clockStepSeconds, slowByMs } from './faults';
import type { FaultKind } from './faults';
import type { Holders } from './holders';
import type { MovedClock } from './moved-clock';
import type { RedisPair } from './redis-pair';
import type { Strike } from './schedule';

export interface Target {
  readonly redis: RedisPair;
  readonly clock: MovedClock | undefined;
  readonly holders: Holders;
  readonly simulator: SimulatorControl;
}

type Inject = (target: Target, strike: Strike) => Promise<boolean>;

/** Part of a wait that a probe must have seen; the rest is its own way there and back. */
const seenShare = 0.8;
const clockToleranceSeconds = 5;

const injections: Readonly<Record<FaultKind, Inject>> = {
  holderKilled: async ({ holders, simulator }, { draw }) => {
    const before = await simulator.summary();
    const wasKilled = await holders.killOne(draw);
    const after = await simulator.summary();
    return wasKilled && after.total.aborted > before.total.aborted;
  },
  holderStopped: ({ holders }, { draw, forMs }) => holders.stopOne(draw, forMs),
  redisFlushed: async ({ redis }) => {
    const keys = await redis.admin.dbsize();
    await redis.admin.flushall();
    return keys > 0;
  },
  redisPaused: async ({ redis }, { forMs }) => {
    const waitedMs = await probe(redis, async () => void (await redis.admin.call('CLIENT', 'PAUSE', forMs, 'ALL')));
    return waitedMs >= forMs * seenShare;
  },
  redisHung: async ({ redis }, { forMs }) => {
    let resumed: Promise<void> = Promise.resolve();
    const waitedMs = await probe(redis, async () => {
      redis.signalPrimary('SIGSTOP');
      resumed = sleep(forMs).then(() => redis.signalPrimary('SIGCONT'));
    });
    await resumed;
    return waitedMs >= forMs * seenShare;
  },
  redisFailedOver: ({ redis }, { forMs }) => redis.failOver(forMs),
  redisRestarted: async ({ redis }) => {
    const keys = await redis.admin.dbsize();
    await redis.restartEmpty();
    return keys > 0;
  },
  redisSlow: async ({ redis }, { forMs, occurrence }) => {
    const delayMs = slowByMs[occurrence % slowByMs.length] ?? 0;
    const over = sleep(forMs).then(() => redis.proxy.delayBy(0));
    const waitedMs = await probe(redis, async () => redis.proxy.delayBy(delayMs));
    await over;
    return waitedMs >= 2 * delayMs * seenShare;
  },
  clockMoved: async ({ redis, clock }) => {
    if (clock === undefined) return false;
    const before = await aheadOfUsSeconds(redis);
    clock.moveBy(-clockStepSeconds);
    const moved = before - (await aheadOfUsSeconds(redis));
    return Math.abs(moved - clockStepSeconds) <= clockToleranceSeconds;
  },
};

/** Resolves when it is over. True when it really happened. */
export function strikeDown(target: Target, strike: Strike): Promise<boolean> {
  return injections[strike.kind](target, strike);
}

/** How long a PING through the proxy takes that is sent right after `act`, ms. */
async function probe({ url }: RedisPair, act: () => Promise<void>): Promise<number> {
  const redis = new Redis(url);
  try {
    await redis.ping();
    await act();
    const sentAt = performance.now();
    await redis.ping();
    return performance.now() - sentAt;
  } finally {
    redis.disconnect();
  }
}

async function aheadOfUsSeconds({ admin }: RedisPair): Promise<number> {
  const [seconds] = await admin.time();
  return Number(seconds) - Date.now() / 1_000;
}
