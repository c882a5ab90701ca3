/** A token bucket that holds a minute's quota and fills at its rate; callers queue for it in order. */
import type { Plan } from '../plan';
import type { World } from '../world';
import { perMinuteOf } from './gate';
import type { Gate } from './gate';

const minuteMs = 60_000;
const dimensions = ['requests', 'tokens'] as const;

export function createMinuteBucket(plan: Plan, world: World): Gate {
  const limit = perMinuteOf(plan);
  // Below zero: what is promised to those who wait.
  const buckets = plan.endpoints.map(() => ({ ...limit, asOf: world.now() }));
  return async (call, cost, send) => {
    const now = world.now();
    const waitsMs = buckets.map((bucket) => {
      for (const dimension of dimensions) {
        const filled = bucket[dimension] + ((now - bucket.asOf) * limit[dimension]) / minuteMs;
        bucket[dimension] = Math.min(limit[dimension], filled);
      }
      bucket.asOf = now;
      return Math.max(0, ...dimensions.map((each) => ((cost[each] - bucket[each]) * minuteMs) / limit[each]));
    });
    const waitMs = Math.min(...waitsMs);
    if (now + waitMs > call.leavesAt) return false;
    const region = waitsMs.indexOf(waitMs);
    const bucket = buckets[region];
    if (bucket !== undefined) for (const dimension of dimensions) bucket[dimension] -= cost[dimension];
    await world.sleep(waitMs);
    await send(region);
    return true;
  };
}
