/** One process of the real-time part: callers of many cells, on one Redis connection and one event loop. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createCostEstimator } from '../../../src/capacity/estimate';
import { createRedisConnection } from '../../../src/capacity/redis-connection';
import { createRedisCapacityStore } from '../../../src/capacity/redis-store';
import type { RedisCapacityStoreOptions } from '../../../src/capacity/redis-store';
import { arrivalsOf } from '../arrivals';
import { capacitySettings } from '../capacity-settings';
import { createHoldfastCaller } from '../clients/holdfast';
import { createPeer } from '../clients/peers';
import { planOf } from '../plan';
import { createPopulation, realTimeSizes } from '../population';
import { newTally } from '../tally';
import type { Caller } from '../world';
import { openHttpWorld, sleepFor, wallNow } from './http-world';
import type { CellReport, RealTimeCell, RealTimeOrder, RealTimeReport } from './messages';

const resolutionMs = 5;
/** Calls that were sent in time may still be answered. */
const drainMs = 5_000;

type Shared = Pick<RealTimeOrder, 'simulatorUrl' | 'startAtMs' | 'endAtMs' | 'process'> & {
  readonly redis: RedisCapacityStoreOptions['redis'];
};

export async function runRealTime(order: RealTimeOrder): Promise<RealTimeReport> {
  const redis = await createRedisConnection(order.redisUrl, { role: 'bench' });
  try {
    const reports = order.cells.map((cell) => runCallers(cell, { ...order, redis }));
    const health = await watchProcess(order.startAtMs, order.endAtMs);
    return { cells: await Promise.all(reports), ...health };
  } finally {
    redis.disconnect();
  }
}

async function runCallers(own: RealTimeCell & { share: number }, shared: Shared): Promise<CellReport> {
  const { id, contender, seed, perSecond, share } = own;
  const plan = planOf(own.cell, { seed, population: createPopulation(seed, realTimeSizes), perSecond });
  const world = openHttpWorld(plan, { cellId: id, simulatorUrl: shared.simulatorUrl });
  const tally = newTally();
  const due: [string, number][] = [];
  const { endpoints } = plan;
  const take: Caller =
    contender === 'holdfast'
      ? createHoldfastCaller({
          world,
          store: createRedisCapacityStore({
            redis: shared.redis,
            keyPrefix: `bench-${id}:`,
            capacity: capacitySettings,
          }),
          estimator: createCostEstimator(endpoints),
          endpoints,
          capacity: capacitySettings,
          pool: 'bench',
          tally,
          onSend: (requestId, dueAtMs) => due.push([requestId, dueAtMs]),
        })
      : createPeer(contender, { plan, world, tally });
  await sleepFor(shared.startAtMs - wallNow());
  let dueAt = wallNow();
  let failure: { readonly error: unknown } | undefined;
  for (const { inMs, call } of arrivalsOf(plan, { id: `${id}-${shared.process}`, share })) {
    dueAt += inMs;
    if (dueAt >= shared.endAtMs) break;
    await sleepFor(dueAt - wallNow());
    if (failure !== undefined) throw failure.error;
    take(call(wallNow())).catch((error: unknown) => (failure = { error }));
  }
  await sleepFor(shared.endAtMs + drainMs - wallNow());
  return { id, tally, due };
}

/** How late the event loop ran and how busy the process was, while arrivals came. */
export async function watchProcess(startAtMs: number, endAtMs: number): Promise<Omit<RealTimeReport, 'cells'>> {
  await sleepFor(startAtMs - wallNow());
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const before = process.cpuUsage();
  const beganAt = wallNow();
  await sleepFor(endAtMs - wallNow());
  delay.disable();
  const { user, system } = process.cpuUsage(before);
  // The histogram holds the time between two looks.
  const lateMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs);
  return {
    eventLoop: { p99Ms: lateMs(delay.percentile(99)), maxMs: lateMs(delay.max) },
    processorShare: (user + system) / 1_000 / (wallNow() - beganAt),
  };
}
