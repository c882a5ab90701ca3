/** From a step's name to a plan: which prompt, which tiers, which endpoints can take its request. */
import { HoldfastError } from '../errors/holdfast-error';
import type { CapacityCandidate } from '../contracts/capacity';
import { missingCapability } from '../contracts/model-capabilities';
import { isModelTier } from '../contracts/settings';
import type {
  BatchTierSettings,
  DeferredTierSettings,
  EndpointSettings,
  PoolOption,
  PoolSettings,
  StepSettings,
  TierSettings,
} from '../contracts/settings';
import type { PoolPlan, StepPlan, TierPlan } from '../contracts/step';
import type { RequestSize } from '../routing/expected-cost';
import { requestFor } from './build-request';
import type { RenderedRequest } from './rendered-request';
import { fitsOneByOne, sameModel, textTooLong } from './embedding-request';
import type { ActivityDependencies } from './ports';

export function planStep(deps: ActivityDependencies, name: string): StepPlan {
  const step = stepOf(deps, name);
  return {
    step: name,
    prompt: step.prompt,
    ...(step.output === undefined ? {} : { output: step.output }),
    lane: step.lane,
    timeouts: step.timeouts,
    maximumAttempts: step.maximumAttempts,
    ...(step.complexity === undefined ? {} : { complexity: step.complexity }),
    ...(step.stream === true && { stream: true }),
    ...(step.background === true && { background: true }),
    ...(step.tools && { tools: step.tools.map((tool) => tool.name) }),
    ...(step.onFailure && { onFailure: step.onFailure }),
    ...(step.onExhausted && { onExhausted: step.onExhausted }),
    ...(step.maxToolRounds !== undefined && { maxToolRounds: step.maxToolRounds }),
    tiers: step.tiers.map((tier) => planTier(deps, step, tier)),
  };
}

function planTier(deps: ActivityDependencies, step: StepSettings, tier: TierSettings): TierPlan {
  if ('template' in tier) return { template: true };
  if ('batch' in tier) return { ...planOwnTime(deps, step, tier), batch: tier.batch, gatherMs: tier.gatherMs };
  if ('deferred' in tier) {
    const { deferred, tell } = tier;
    return { ...planOwnTime(deps, step, tier), deferred, ...(tell && { tell }) };
  }
  if (!isModelTier(tier)) return tier;
  const { choice, needsMs } = tier;
  const needs = needsMs === undefined ? {} : { needsMs };
  if (choice === undefined) return { ...planPool(deps, step, tier), ...needs };
  const { by, thresholds } = choice;
  const options = choice.options.map((option) => ({ size: option.size, ...planPool(deps, step, option) }));
  const contextWindow = Math.max(...options.map((option) => option.contextWindow));
  const first = planPool(deps, step, choice.options[0] ?? tier);
  return { ...first, ...needs, contextWindow, choice: { by, thresholds, options } };
}

/** A tier that asks one pool in a time of its own. */
function planOwnTime(
  deps: ActivityDependencies,
  step: StepSettings,
  tier: BatchTierSettings | DeferredTierSettings,
): Omit<PoolPlan, 'pool'> & { readonly withinMs: number } {
  const { variant, withinMs } = tier;
  const asked = { pool: 'batch' in tier ? tier.batch : tier.deferred, ...(variant !== undefined && { variant }) };
  const { pool: _, ...plan } = planPool(deps, step, asked);
  return { ...plan, withinMs };
}

function planPool(
  deps: ActivityDependencies,
  step: StepSettings,
  { pool, variant: asked }: Pick<PoolOption, 'pool' | 'variant'>,
): PoolPlan {
  const endpoints = endpointsOf(deps, pool);
  const variant = asked ?? endpoints[0]?.family ?? 'default';
  const { parameters } = deps.prompts.get(step.prompt, variant);
  return {
    pool,
    variant,
    parameters: { ...deps.settings.defaults.parameters, ...parameters, ...step.parameters },
    contextWindow: Math.max(...endpoints.map((endpoint) => endpoint.contextWindow)),
  };
}

/**
 * The endpoints of a pool that the request fits, with what each would charge.
 * Throws `Llm.Unsupported` when none can do what it asks for, `Llm.ContextTooLong` when it fits none, before anything
 * is sent.
 */
export function candidatesOf(deps: ActivityDependencies, pool: string, rendered: RenderedRequest): CapacityCandidate[] {
  const endpoints = ableOf(sameModel(endpointsOf(deps, pool), { pool, rendered }), { pool, rendered });
  const fitting = endpoints.filter((endpoint) => fitsWindow(deps, endpoint, rendered));
  if (fitting.length === 0) {
    throw rendered.embedding === undefined
      ? contextTooLong(deps, { pool, endpoints, rendered })
      : textTooLong({ pool, endpoints, rendered });
  }
  return fitting.map((endpoint) => {
    const { inputTokens, maxOutputTokens } = requestSizeOf(deps, endpoint, rendered);
    const cost = deps.estimator.costOf(endpoint, inputTokens, maxOutputTokens);
    const { name, quotaGroup, limits, weight } = endpoint;
    return { endpoint: name, quotaGroup, limits, cost, weight };
  });
}

/** Those whose models can do what the request asks for. */
function ableOf(
  endpoints: readonly EndpointSettings[],
  { pool, rendered }: { pool: string; rendered: RenderedRequest },
): EndpointSettings[] {
  const able = endpoints.filter((endpoint) => missingCapability(endpoint, rendered) === undefined);
  if (able.length > 0) return able;
  const [first] = endpoints;
  const lacks = first && missingCapability(first, rendered);
  const message = `no endpoint of pool ${pool} takes ${lacks ?? 'this request'}; check its capabilities, or give the step a tier whose models do`;
  throw new HoldfastError('Llm.Unsupported', message, { pool });
}

/** As the endpoint's own model counts its input. */
export function requestSizeOf(
  { estimator }: Pick<ActivityDependencies, 'estimator'>,
  endpoint: EndpointSettings,
  rendered: RenderedRequest,
): RequestSize {
  const inputTokens = estimator.inputTokens(requestFor(rendered, endpoint));
  return { inputTokens, maxOutputTokens: rendered.parameters.maxOutputTokens };
}

export function fitsWindow(
  deps: Pick<ActivityDependencies, 'estimator'>,
  endpoint: EndpointSettings,
  rendered: RenderedRequest,
): boolean {
  if (rendered.embedding !== undefined) return fitsOneByOne(deps, endpoint, rendered);
  const { inputTokens, maxOutputTokens } = requestSizeOf(deps, endpoint, rendered);
  return inputTokens + maxOutputTokens <= endpoint.contextWindow;
}

interface Unfitting {
  readonly pool: string;
  readonly endpoints: readonly EndpointSettings[];
  readonly rendered: RenderedRequest;
}

function contextTooLong(deps: ActivityDependencies, { pool, endpoints, rendered }: Unfitting): HoldfastError {
  const inputTokens = Math.min(...endpoints.map((endpoint) => requestSizeOf(deps, endpoint, rendered).inputTokens));
  const outputTokens = rendered.parameters.maxOutputTokens;
  const contextWindow = Math.max(...endpoints.map((endpoint) => endpoint.contextWindow));
  const message = `about ${inputTokens} input and ${outputTokens} output tokens do not fit pool ${pool} (largest context window ${contextWindow})`;
  return new HoldfastError('Llm.ContextTooLong', message, { pool, inputTokens, outputTokens, contextWindow });
}

/** False for an endpoint that was taken out of the config after a claim on it was recorded. */
export function hasEndpoint(deps: Pick<ActivityDependencies, 'settings'>, name: string): boolean {
  return Object.hasOwn(deps.settings.endpoints, name);
}

export function endpointOf(deps: Pick<ActivityDependencies, 'settings'>, name: string): EndpointSettings {
  const endpoint = deps.settings.endpoints[name];
  if (endpoint === undefined)
    throw new HoldfastError(
      'Config.Invalid',
      `${deps.settings.file}: endpoints.${name}: this endpoint is gone, but a run still holds a reservation on it`,
    );
  return endpoint;
}

export function poolOf(deps: Pick<ActivityDependencies, 'settings'>, name: string): PoolSettings {
  const pool = Object.hasOwn(deps.settings.pools, name) ? deps.settings.pools[name] : undefined;
  if (pool === undefined)
    throw new HoldfastError(
      'Config.Invalid',
      `${deps.settings.file}: pools.${name}: there is no such pool (known: ${Object.keys(deps.settings.pools).join(', ')})`,
    );
  return pool;
}

export function endpointsOf(deps: Pick<ActivityDependencies, 'settings'>, pool: string): EndpointSettings[] {
  return poolOf(deps, pool).endpoints.map((endpoint) => endpointOf(deps, endpoint));
}

export function stepOf(deps: ActivityDependencies, name: string): StepSettings {
  const { steps, embeddings, file } = deps.settings;
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
  if (step === undefined) {
    const isEmbedding = Object.hasOwn(embeddings, name) ? '; it is an embedding, which is called by embed()' : '';
    throw new HoldfastError(
      'Config.Invalid',
      `${file}: steps.${name}: there is no such step (known: ${Object.keys(steps).join(', ')})${isEmbedding}`,
    );
  }
  return step;
}
