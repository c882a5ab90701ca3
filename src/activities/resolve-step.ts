/** From a step's name to a plan: which prompt, which tiers, which request. */
import { createHash } from 'node:crypto';
import { HoldfastError } from '../errors/holdfast-error';
import { canonicalJson } from '../contracts/json';
import type { JsonObject } from '../contracts/json';
import type { CapacityCandidate } from '../contracts/capacity';
import type { ModelMessage, ModelRequest, OutputFormat } from '../contracts/model';
import type {
  EndpointSettings,
  ModelParameters,
  PoolSettings,
  StepSettings,
  TierSettings,
} from '../contracts/settings';
import type { StepPlan, TierPlan } from '../contracts/step';
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
    tiers: step.tiers.map((tier) => planTier(deps, step, tier)),
  };
}

function planTier(deps: ActivityDependencies, step: StepSettings, tier: TierSettings): TierPlan {
  const endpoints = endpointsOf(deps, tier.pool);
  const variant = tier.variant ?? endpoints[0]?.family ?? 'default';
  const { parameters } = deps.prompts.get(step.prompt, variant);
  return {
    pool: tier.pool,
    variant,
    parameters: { ...deps.settings.defaults.parameters, ...parameters, ...step.parameters },
    contextWindow: Math.max(...endpoints.map((endpoint) => endpoint.contextWindow)),
  };
}

export interface RequestParts {
  readonly deps: Pick<ActivityDependencies, 'prompts' | 'schemas'>;
  readonly prompt: string;
  readonly variant: string;
  readonly variables: JsonObject;
  readonly parameters: ModelParameters;
  readonly output?: string;
}

/** Covers what the answer depends on: not the endpoint, not rendered bytes. */
export function digestRequest(parts: RequestParts): string {
  const { deps, prompt, variant, variables, parameters, output } = parts;
  const { contentHash } = deps.prompts.get(prompt, variant);
  const schema = output === undefined ? undefined : deps.schemas.get(output).hash;
  const text = canonicalJson({ prompt, contentHash, variables, parameters, schema });
  // 128 bits are plenty for telling requests of one step apart, and the digest stands in history once per tier.
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** The request without its model: the same for every endpoint of the tier. */
export interface RenderedRequest {
  readonly system?: string;
  readonly messages: readonly ModelMessage[];
  readonly parameters: ModelParameters;
  readonly output?: OutputFormat;
}

export function renderRequest(parts: RequestParts, digest: string): RenderedRequest {
  const { deps, output } = parts;
  const rendered = deps.prompts.render(deps.prompts.get(parts.prompt, parts.variant), parts.variables, digest);
  return {
    ...rendered,
    parameters: parts.parameters,
    ...(output === undefined ? {} : { output: { name: output, schema: deps.schemas.get(output).jsonSchema } }),
  };
}

export function requestFor(rendered: RenderedRequest, endpoint: EndpointSettings): ModelRequest {
  return { ...rendered, model: endpoint.model };
}

/**
 * The endpoints of a pool that the request fits, with what each would charge.
 * Throws `Llm.ContextTooLong` when it fits none, before anything is sent.
 */
export function candidatesOf(deps: ActivityDependencies, pool: string, rendered: RenderedRequest): CapacityCandidate[] {
  const endpoints = endpointsOf(deps, pool);
  const inputTokens = deps.estimator.inputTokens({ ...rendered, model: endpoints[0]?.model ?? '' });
  const outputTokens = rendered.parameters.maxOutputTokens;
  const fitting = endpoints.filter((endpoint) => inputTokens + outputTokens <= endpoint.contextWindow);
  if (fitting.length === 0) {
    const largest = Math.max(...endpoints.map((endpoint) => endpoint.contextWindow));
    const message = `about ${inputTokens} input and ${outputTokens} output tokens do not fit pool ${pool} (largest context window ${largest})`;
    throw new HoldfastError('Llm.ContextTooLong', message, { pool, inputTokens, outputTokens, contextWindow: largest });
  }
  return fitting.map((endpoint) => ({
    endpoint: endpoint.name,
    quotaGroup: endpoint.quotaGroup,
    limits: endpoint.limits,
    cost: deps.estimator.costOf(endpoint.provider, inputTokens, outputTokens),
  }));
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

function endpointsOf(deps: ActivityDependencies, name: string): EndpointSettings[] {
  const pool: PoolSettings | undefined = deps.settings.pools[name];
  if (pool === undefined)
    throw new HoldfastError(
      'Config.Invalid',
      `${deps.settings.file}: pools.${name}: there is no such pool (known: ${Object.keys(deps.settings.pools).join(', ')})`,
    );
  return pool.endpoints.map((endpoint) => endpointOf(deps, endpoint));
}

function stepOf(deps: ActivityDependencies, name: string): StepSettings {
  const step = Object.hasOwn(deps.settings.steps, name) ? deps.settings.steps[name] : undefined;
  if (step === undefined)
    throw new HoldfastError(
      'Config.Invalid',
      `${deps.settings.file}: steps.${name}: there is no such step (known: ${Object.keys(deps.settings.steps).join(', ')})`,
    );
  return step;
}
