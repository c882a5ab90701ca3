/** A process of the benchmark: runs what it is sent over the IPC channel, several orders side by side. */
import { Redis } from 'ioredis';
import { createRedisConnection } from '../../src/capacity/redis-connection';
import { createPeer } from './clients/peers';
import type { Answer, Numbered, Order, VirtualOrder } from './messages';
import { planOf } from './plan';
import { createPopulation, virtualSizes } from './population';
import type { Population } from './population';
import { runRealTime } from './real-time/run-process';
import { runTemporalPeer } from './real-time/temporal-peer';
import { engineOn, runCell } from './virtual/run-cell';

type RedisConnection = Awaited<ReturnType<typeof createRedisConnection>>;

/** Of one region, in virtual time: small enough for a thousand runs, large enough for the 5 % of a minute's quota. */
const perSecond = 3;
const populations = new Map<number, Population>();

function populationOf(seed: number): Population {
  const known = populations.get(seed) ?? createPopulation(seed, virtualSizes);
  populations.set(seed, known);
  return known;
}

async function runVirtual({ cell, seed, contender, redisUrl }: VirtualOrder) {
  const plan = planOf(cell, { seed, population: populationOf(seed), perSecond });
  const result =
    contender === 'holdfast'
      ? await withEmptyRedis(redisUrl, (redis) => runCell(plan, engineOn(redis)))
      : await runCell(plan, (setting) => createPeer(contender, setting));
  return { result, perSecond: plan.perSecond };
}

/** Some ten thousand records are left by each run. */
async function withEmptyRedis<T>(url: string, work: (redis: RedisConnection) => Promise<T>): Promise<T> {
  // Not by the product's connection: on a busy machine this may take longer than a command of it may.
  const cleaner = new Redis(url);
  await cleaner.flushdb('ASYNC');
  cleaner.disconnect();
  const redis = await createRedisConnection(url, { role: 'bench' });
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

async function obey(id: number, order: Order): Promise<Answer> {
  switch (order.kind) {
    case 'virtual':
      return { id, kind: 'ran', ...(await runVirtual(order)) };
    case 'realTime':
      return { id, kind: 'realTime', report: await runRealTime(order) };
    case 'temporalPeer':
      return { id, kind: 'realTime', report: await runTemporalPeer(order) };
  }
}

process.on('message', ({ id, ...order }: Numbered<Order>) => {
  const failed = (error: unknown): Answer => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { id, kind: 'failed', message };
  };
  void obey(id, order)
    .catch(failed)
    .then((answer) => process.send?.(answer));
});
// Whoever started us is gone.
process.on('disconnect', () => process.exit());
