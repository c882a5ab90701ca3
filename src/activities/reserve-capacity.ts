/** Activity for pipelines that call a provider themselves: claims a start on the best endpoint of a pool. */
import { activityInfo } from '@temporalio/activity';
import type { CapacityCandidate, ReserveAnswer } from '../contracts/capacity';
import { lanes } from '../contracts/settings';
import type { Lane } from '../contracts/settings';
import { HoldfastError } from '../errors/holdfast-error';
import type { ActivityDependencies } from './ports';

export interface ReserveCapacityInput {
  /** Unique per intended call: the same id gives the same reservation. Default: workflow, activity id. */
  readonly rid?: string;
  readonly pool: string;
  /** Tokens of the prompt. */
  readonly inputTokens: number;
  /** The largest answer asked for. */
  readonly maxOutputTokens: number;
  /** Default `interactive`. */
  readonly lane?: Lane;
  /** Default `default`. */
  readonly tenant?: string;
  /** Furthest start that is accepted, ms. Default: the lane's. */
  readonly maxWaitMs?: number;
}

/**
 * Answers `granted` with a reservation to settle or release, or `wait` (ask again with the same rid after `retryInMs`).
 * Throws `Config.Invalid` for an unknown pool, `Capacity.RequestTooLarge` for a request no endpoint can ever admit.
 */
export async function reserveCapacity(deps: ActivityDependencies, input: ReserveCapacityInput): Promise<ReserveAnswer> {
  const pool = Object.hasOwn(deps.settings.pools, input.pool) ? deps.settings.pools[input.pool] : undefined;
  if (pool === undefined) {
    const known = Object.keys(deps.settings.pools).join(', ');
    throw new HoldfastError('Config.Invalid', `reserveCapacity: pool "${input.pool}" does not exist (known: ${known})`);
  }
  const lane = input.lane ?? 'interactive';
  if (!lanes.includes(lane))
    throw new HoldfastError(
      'Config.Invalid',
      `reserveCapacity: lane "${String(lane)}" does not exist (known: ${lanes.join(', ')})`,
    );
  const candidates = pool.endpoints.flatMap((name): CapacityCandidate[] => {
    const endpoint = deps.settings.endpoints[name];
    if (endpoint === undefined) return [];
    const cost = deps.estimator.costOf(endpoint.provider, input.inputTokens, input.maxOutputTokens);
    return [{ endpoint: name, quotaGroup: endpoint.quotaGroup, limits: endpoint.limits, cost }];
  });
  return deps.store.reserve({
    rid: input.rid ?? ownRid(),
    pool: input.pool,
    candidates,
    lane,
    tenant: input.tenant ?? 'default',
    maxWaitMs: input.maxWaitMs ?? deps.settings.capacity.maxWaitMs[lane],
  });
}

function ownRid(): string {
  const { workflowExecution, activityId } = activityInfo();
  return `${workflowExecution?.workflowId ?? ''}/${workflowExecution?.runId ?? ''}/activity/${activityId}`;
}
