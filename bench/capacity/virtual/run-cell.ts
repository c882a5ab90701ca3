/** One run of one cell in virtual time, by the reservation engine or by one of its peers. */
import { randomUUID } from 'node:crypto';
import { createCostEstimator } from '../../../src/capacity/estimate';
import { createRedisCapacityStore } from '../../../src/capacity/redis-store';
import type { RedisCapacityStoreOptions } from '../../../src/capacity/redis-store';
import { createRandom } from '../../../src/simulator/random';
import { arrivalsOf } from '../arrivals';
import { capacitySettings } from '../capacity-settings';
import { createHoldfastCaller } from '../clients/holdfast';
import { measureRun } from '../measure';
import type { RunResult } from '../measure';
import type { Plan } from '../plan';
import { newTally } from '../tally';
import type { Tally } from '../tally';
import type { Caller, World } from '../world';
import { ModelledProvider } from './modelled-provider';
import { Timeline } from './timeline';

export const warmUpMs = 90_000;
export const measuredMs = 300_000;
/** A Thursday noon in California. */
const noonMs = Date.UTC(2026, 10, 5, 20);
/** Midnight in California, a minute and a half into the measured time. */
const beforeMidnightMs = Date.UTC(2026, 10, 6, 8) - warmUpMs - 90_000;

interface Setting {
  readonly plan: Plan;
  readonly world: World;
  readonly tally: Tally;
}

export type OpenCaller = (setting: Setting) => Caller;

export async function runCell(plan: Plan, openCaller: OpenCaller): Promise<RunResult> {
  const startMs = plan.cell.binding === 'daily' ? beforeMidnightMs : noonMs;
  const timeline = new Timeline(startMs);
  const provider = new ModelledProvider(plan, timeline, capacitySettings.jitterMs);
  const random = createRandom('callers', plan.seed);
  const world: World = {
    now: () => timeline.now(),
    // Rounded up to whole milliseconds, like a timer.
    sleep: (ms) => timeline.sleep(Math.ceil(timeline.now() + ms) - timeline.now()),
    outside: (work) => timeline.outside(work),
    random: () => random.next(),
    send: (region, call) => provider.serve(region, call),
  };
  const tally = newTally();
  timeline.start(arrive(timeline, { plan, world, take: openCaller({ plan, world, tally }) }));
  await timeline.run(startMs + warmUpMs + measuredMs);
  return measureRun(plan, { seen: provider.seen, startMs, warmUpMs, measuredMs, tally });
}

/** The store the product uses, on the timeline's clock. */
export function engineOn(redis: RedisCapacityStoreOptions['redis']): OpenCaller {
  return ({ plan: { endpoints }, world, tally }) => {
    const store = createRedisCapacityStore({
      redis,
      keyPrefix: `bench-${randomUUID()}:`,
      capacity: capacitySettings,
      now: () => world.now(),
      allowTestClock: true,
    });
    const estimator = createCostEstimator(endpoints);
    return createHoldfastCaller({
      world,
      store,
      estimator,
      endpoints,
      capacity: capacitySettings,
      pool: 'bench',
      tally,
    });
  };
}

async function arrive(
  timeline: Timeline,
  { plan, world, take }: { plan: Plan; world: World; take: Caller },
): Promise<void> {
  // Sleeps are rounded up; the rate must not be.
  let dueAt = world.now();
  for (const { inMs, call } of arrivalsOf(plan, { id: 'call' })) {
    dueAt += inMs;
    await world.sleep(dueAt - world.now());
    timeline.start(take(call(world.now())));
  }
}
