/** From planned calls to flows over quotas: who can take a call, and what it takes of each limit there. */
import { HoldfastError } from '../errors';
import type { CapacityCost } from '../contracts/capacity';
import type { EndpointSettings, LimitDimension, Limits } from '../contracts/settings';
import type { Amounts, Flow, Route } from './balance';
import type { PlannedCall, PlanInput } from './plan';

const minutesPerDay = 1_440;

export interface PlannedRoute extends Route {
  /** Of the quota group. */
  readonly limits: Limits;
  /** All endpoints of the pool that draw on this quota group. */
  readonly endpoints: readonly EndpointSettings[];
}

export interface PlannedFlow extends Flow {
  readonly pipeline: number;
  readonly call: PlannedCall;
  readonly routes: readonly PlannedRoute[];
}

/** One flow per pipeline and kind of call. Throws as `planCapacity` does. */
export function flowsOf(input: PlanInput): PlannedFlow[] {
  return input.pipelines.flatMap(({ calls, perHour = 0 }, pipeline) =>
    calls
      .filter((call) => call.calls > 0)
      .map((call) => ({ pipeline, call, callsPerMinute: (perHour * call.calls) / 60, routes: routesOf(input, call) })),
  );
}

function routesOf(input: PlanInput, call: PlannedCall): PlannedRoute[] {
  const routes = new Map<string, PlannedRoute>();
  const reasons: string[] = [];
  for (const endpoint of endpointsOf(input, call)) {
    const cost = input.chargeOf(endpoint, call);
    const reason = whyNever(endpoint, call, cost);
    if (reason !== undefined) {
      reasons.push(`${endpoint.name} (${reason})`);
      continue;
    }
    const { quotaGroup, limits } = endpoint;
    const known = routes.get(quotaGroup);
    const perCall = known?.perCall ?? amountsOf(cost, call.seconds);
    routes.set(quotaGroup, { quotaGroup, limits, perCall, endpoints: [...(known?.endpoints ?? []), endpoint] });
  }
  if (routes.size > 0) return [...routes.values()];
  throw new HoldfastError(
    'Capacity.RequestTooLarge',
    `no endpoint of pool "${call.pool}" can ever take ${call.name}: ${reasons.join(', ')}; plan smaller calls or raise the limit`,
    { pool: call.pool },
  );
}

function endpointsOf({ pools, endpoints }: PlanInput, { name, pool }: PlannedCall): EndpointSettings[] {
  const found = Object.hasOwn(pools, pool) ? pools[pool] : undefined;
  if (found !== undefined) return found.endpoints.flatMap((one) => endpoints[one] ?? []);
  const known = Object.keys(pools).join(', ');
  throw new HoldfastError('Config.Invalid', `${name}: there is no pool "${pool}" (known: ${known})`, { pool });
}

/** Why the endpoint would refuse the call even when it is idle. */
function whyNever(endpoint: EndpointSettings, call: PlannedCall, cost: CapacityCost): string | undefined {
  const window = call.inputTokens + call.maxOutputTokens;
  if (window > endpoint.contextWindow) return `${window} tokens, context window ${endpoint.contextWindow}`;
  const { limits } = endpoint;
  const asked = { tpm: cost.tokens, inputTpm: cost.inputTokens ?? 0, outputTpm: cost.outputTokens ?? 0 };
  const tooSmall = (['tpm', 'inputTpm', 'outputTpm'] as const).find((one) => asked[one] > (limits[one] ?? Infinity));
  return tooSmall === undefined ? undefined : `${asked[tooSmall]} tokens, ${tooSmall} ${limits[tooSmall]}`;
}

/** What one call per minute takes of each limit, in the limit's own unit. Concurrency by Little's law. */
function amountsOf(cost: CapacityCost, seconds: number | undefined): Amounts {
  const amounts: Required<Record<Exclude<LimitDimension, 'concurrency'>, number>> = {
    rpm: 1,
    rpd: minutesPerDay,
    tpm: cost.tokens,
    inputTpm: cost.inputTokens ?? 0,
    outputTpm: cost.outputTokens ?? 0,
  };
  return seconds === undefined ? amounts : { ...amounts, concurrency: seconds / 60 };
}
