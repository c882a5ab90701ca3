/** Activity for pipelines that call a provider themselves: claims a start on the best endpoint of a pool. */
import { activityInfo } from '@temporalio/activity';
import type { CapacityCandidate, ReserveAnswer } from '../contracts/capacity';
import { lanes, priorities } from '../contracts/settings';
import type { Lane, Priority } from '../contracts/settings';
import { HoldfastError } from '../errors/holdfast-error';
import { complexityOf } from '../routing/complexity';
import type { ActivityDependencies } from './ports';
import { endpointsOf } from './resolve-step';
import { routeClaim } from './route-claim';

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
  /** Default: the tenant's. */
  readonly priority?: Priority;
  /** Furthest start that is accepted, ms. Default: the lane's. */
  readonly maxWaitMs?: number;
}

/**
 * Answers `granted` with a reservation to settle or release, `wait` (ask again with the same rid after `retryInMs`), or
 * `overloaded` when the pool's queue is past what the config allows.
 * Throws `Config.Invalid` for an unknown pool, `Capacity.RequestTooLarge` for a request no endpoint can ever admit.
 */
export async function reserveCapacity(deps: ActivityDependencies, input: ReserveCapacityInput): Promise<ReserveAnswer> {
  const { inputTokens, maxOutputTokens, priority } = input;
  const lane = checkListed('lane', input.lane ?? 'interactive', lanes);
  if (priority !== undefined) checkListed('priority', priority, priorities);
  checkListed('pool', input.pool, Object.keys(deps.settings.pools));
  const candidates = endpointsOf(deps, input.pool).map((endpoint): CapacityCandidate => {
    const { name, quotaGroup, limits, weight } = endpoint;
    const cost = deps.estimator.costOf(endpoint, inputTokens, maxOutputTokens);
    return { endpoint: name, quotaGroup, limits, cost, weight };
  });
  const routed = routeClaim(deps, {
    rid: input.rid ?? ownRid(),
    pool: input.pool,
    candidates,
    complexity: complexityOf({ characters: inputTokens * charactersPerToken, isStructured: false }),
    sizeOn: () => ({ inputTokens, maxOutputTokens }),
  });
  return deps.store.reserve({
    ...routed,
    lane,
    tenant: input.tenant ?? 'default',
    ...(priority === undefined ? {} : { priority }),
    maxWaitMs: input.maxWaitMs ?? deps.settings.capacity.maxWaitMs[lane],
  });
}

/** Roughly, of English: the text itself is not known here. */
const charactersPerToken = 4;

function checkListed<Value extends string>(what: string, value: Value, known: readonly string[]): Value {
  if (known.includes(value)) return value;
  const message = `reserveCapacity: ${what} "${String(value)}" does not exist (known: ${known.join(', ')})`;
  throw new HoldfastError('Config.Invalid', message);
}

function ownRid(): string {
  const { workflowExecution, activityId } = activityInfo();
  return `${workflowExecution?.workflowId ?? ''}/${workflowExecution?.runId ?? ''}/activity/${activityId}`;
}
