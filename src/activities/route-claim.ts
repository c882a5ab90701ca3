/** What routing adds to a claim: which endpoint is preferred, how long it may be waited for, when a full queue refuses. */
import type { CapacityCandidate, ReserveAnswer, ReserveRequest } from '../contracts/capacity';
import { overloadText } from '../contracts/overload';
import type { Overload } from '../contracts/overload';
import type { ComplexityHints, EndpointSettings } from '../contracts/settings';
import { HoldfastError } from '../errors/holdfast-error';
import type { CapacityStore } from '../capacity/store';
import { complexityOf } from '../routing/complexity';
import { expectedCostOf } from '../routing/expected-cost';
import type { RequestSize } from '../routing/expected-cost';
import { createRouteStats } from '../routing/route-stats';
import { createRouter } from '../routing/router';
import type { Router } from '../routing/router';
import type { ActivityDependencies } from './ports';
import { endpointOf, endpointsOf, poolOf } from './resolve-step';
import type { RenderedRequest } from './rendered-request';

/** One per store, hence one per process: what a router remembers belongs to neither a call nor a worker's config. */
const routers = new WeakMap<CapacityStore, Router>();

export function routerOf({ store }: Pick<ActivityDependencies, 'store'>): Router {
  const router = routers.get(store) ?? createRouter(createRouteStats(store));
  routers.set(store, router);
  return router;
}

export interface Claiming {
  readonly rid: string;
  readonly pool: string;
  readonly candidates: readonly CapacityCandidate[];
  /** 0–1. */
  readonly complexity: number;
  readonly sizeOn: (endpoint: EndpointSettings) => RequestSize;
}

type Routed = Pick<ReserveRequest, 'rid' | 'pool' | 'candidates' | 'spillAfterMs' | 'overload'>;

/** The routed part of a request to reserve. */
export function routeClaim(deps: Pick<ActivityDependencies, 'settings' | 'store'>, claiming: Claiming): Routed {
  const { rid, candidates, complexity, sizeOn } = claiming;
  const pool = poolOf(deps, claiming.pool);
  const { route, overload } = pool;
  const expected = candidates.map(({ endpoint }) => {
    const settings = endpointOf(deps, endpoint);
    return { endpoint, expectedCostUsd: expectedCostOf(settings, sizeOn(settings)) };
  });
  const endpoints = endpointsOf(deps, pool.name);
  const ranks = routerOf(deps).rank({ pool, endpoints, candidates: expected, complexity, seed: rid });
  return {
    rid,
    pool: pool.name,
    candidates: candidates.map((candidate, index) => ({ ...candidate, rank: ranks[index] ?? 0 })),
    spillAfterMs: route.spillAfterMs,
    ...(overload === undefined ? {} : { overload }),
  };
}

export function complexityOfRequest(rendered: RenderedRequest, hints: ComplexityHints | undefined): number {
  const texts = [rendered.system ?? '', ...rendered.messages.map(({ content }) => content)];
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  return complexityOf({
    characters,
    isStructured: rendered.output !== undefined,
    hints: rendered.tools === undefined ? hints : { tools: true, ...hints },
  });
}

type Overloaded = Extract<ReserveAnswer, { kind: 'overloaded' }>;

/** The refusal as a failure: the step goes on with its next tier, or fails at once instead of in an hour. */
export function overloadedFailure(pool: string, { expectedMs, waiting }: Overloaded): HoldfastError {
  const overload: Overload = { pool, expectedMs, waiting };
  return new HoldfastError(
    'Capacity.Overloaded',
    `${overloadText(overload)}; nothing was queued, try again later or raise pools.${pool}.overload`,
    { ...overload },
  );
}
