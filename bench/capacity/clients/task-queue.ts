/**
 * Temporal's own limit of a task queue, modelled for virtual time: so many activities per second, whatever their size,
 * from a bucket of one second. Over HTTP the real server does it; see `real-time/temporal-peer.ts`.
 */
import type { Plan } from '../plan';
import type { World } from '../world';
import type { Gate } from './gate';

export function createTaskQueueGate(plan: Plan, world: World): Gate {
  const perSecond = activitiesPerSecond(plan);
  const burst = Math.ceil(perSecond);
  let tokens = burst;
  let asOf = world.now();
  let sent = 0;
  return async (call, _cost, send) => {
    const now = world.now();
    tokens = Math.min(burst, tokens + ((now - asOf) / 1_000) * perSecond);
    asOf = now;
    const waitMs = Math.max(0, ((1 - tokens) / perSecond) * 1_000);
    if (now + waitMs > call.leavesAt) return false;
    tokens -= 1;
    await world.sleep(waitMs);
    await send(sent++ % plan.endpoints.length);
    return true;
  };
}

/** It knows requests only, so an operator sets what the quota admits at the mean size. */
export function activitiesPerSecond({ perSecond, endpoints }: Plan): number {
  return perSecond * endpoints.length;
}
