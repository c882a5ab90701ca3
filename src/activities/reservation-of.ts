/** The reservation behind a grant: history carries only what the worker cannot know by itself. */
import { reservationIdOf } from '../contracts/ids';
import type { CallIdentity } from '../contracts/ids';
import type { Reservation } from '../contracts/capacity';
import type { Grant } from '../contracts/step';
import type { ActivityDependencies } from './ports';
import { endpointOf } from './resolve-step';

export interface Granted {
  readonly id: CallIdentity;
  readonly pool: string;
  readonly grant: Grant;
}

export function reservationOf(deps: Pick<ActivityDependencies, 'settings'>, { id, pool, grant }: Granted): Reservation {
  const { endpoint, hop, startAt, startInMs } = grant;
  return {
    // `openStep` always reserves for attempt 1.
    rid: reservationIdOf(id, 1, hop),
    pool,
    endpoint,
    quotaGroup: endpointOf(deps, endpoint).quotaGroup,
    startAt,
    startInMs,
    leaseMs: deps.settings.capacity.leaseMs,
  };
}
