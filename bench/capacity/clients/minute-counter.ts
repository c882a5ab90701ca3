/** What most gateways do: count requests and tokens of the clock's minute; when they are used up, wait for the next. */
import type { Plan } from '../plan';
import type { World } from '../world';
import { perMinuteOf } from './gate';
import type { Gate } from './gate';

const minuteMs = 60_000;

export function createMinuteCounter(plan: Plan, world: World): Gate {
  const limit = perMinuteOf(plan);
  const used = plan.endpoints.map(() => ({ minute: -1, requests: 0, tokens: 0 }));
  return async (call, cost, send) => {
    for (;;) {
      const minute = Math.floor(world.now() / minuteMs);
      for (const [region, count] of used.entries()) {
        if (count.minute !== minute) Object.assign(count, { minute, requests: 0, tokens: 0 });
        if (count.requests + cost.requests > limit.requests || count.tokens + cost.tokens > limit.tokens) continue;
        count.requests += cost.requests;
        count.tokens += cost.tokens;
        await send(region);
        return true;
      }
      const nextMinuteAt = (minute + 1) * minuteMs;
      if (nextMinuteAt > call.leavesAt) return false;
      await world.sleep(nextMinuteAt - world.now());
    }
  };
}
