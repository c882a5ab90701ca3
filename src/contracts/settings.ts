/**
 * What `config/holdfast.yaml` says once it is loaded: validated, defaulted, every duration in
 * milliseconds, every reference resolved to a name that exists. `config/` produces it, everything
 * else reads it. Secrets are not in it: only the names of the environment variables that hold them.
 */
import type { FailureType } from '../errors/failure-types';
import type { EmbeddingPlan } from './embedding';
import type { JsonObject, JsonValue } from './json';
import type { ToolDefinition } from './model';
import type { DatedPrice, Price } from './usage';

export const providerNames = ['openai', 'azure-openai', 'anthropic', 'gemini', 'openai-compatible'] as const;
export type ProviderName = (typeof providerNames)[number];

export const openAiApis = ['responses', 'chat'] as const;
/** Which of OpenAI's two interfaces an endpoint speaks. Only Responses can run in the background. */
export type OpenAiApi = (typeof openAiApis)[number];

/** What a model takes. What it does not take is left out of a request or, where that would change what is asked, keeps the call off it. */
export interface ModelCapabilities {
  /** A temperature other than the model's own: left out otherwise. */
  readonly temperature: boolean;
  /** Left out otherwise. */
  readonly seed: boolean;
  /** Left out otherwise. */
  readonly reasoningEffort: boolean;
  /** JSON of a schema by the provider's own means; otherwise the schema is put into the prompt. */
  readonly schema: boolean;
  /** A request with tools goes to no endpoint without. */
  readonly tools: boolean;
  /** A request with images goes to no endpoint without. */
  readonly images: boolean;
  /** A request with a PDF goes to no endpoint without. */
  readonly pdf: boolean;
  /** The length of a vector can be asked for; left out otherwise, and the model's own must be what the config says. */
  readonly dimensions: boolean;
}

export const lanes = ['interactive', 'batch'] as const;
/** Who goes first when capacity is short. */
export type Lane = (typeof lanes)[number];

export const priorities = ['premium', 'standard'] as const;
/** Who goes first within a lane. */
export type Priority = (typeof priorities)[number];

/** In the order messages name them. */
export const limitDimensions = ['rpm', 'tpm', 'inputTpm', 'outputTpm', 'rpd', 'concurrency'] as const;
export type LimitDimension = (typeof limitDimensions)[number];

/** What the provider enforces for one quota group. An absent dimension is not enforced. */
export interface Limits {
  /** Requests per minute. */
  readonly rpm?: number;
  /** Tokens per minute, charged at admission: input and requested output (OpenAI, Azure), or input alone. */
  readonly tpm?: number;
  /** Input tokens per minute, charged at admission (Anthropic, Gemini). */
  readonly inputTpm?: number;
  /** Output tokens per minute, charged while they are generated (Anthropic). */
  readonly outputTpm?: number;
  /** Requests per day, which begins at midnight Pacific time (Gemini). */
  readonly rpd?: number;
  /** Calls in flight at once. */
  readonly concurrency?: number;
  /** The shortest window the provider judges `rpm` on, ms. Default 10,000. */
  readonly requestWindowMs?: RequestWindowMs;
}

export const requestWindowsMs = [1_000, 10_000] as const;
export type RequestWindowMs = (typeof requestWindowsMs)[number];

export const limitProfileNames = ['openai', 'azure', 'anthropic', 'gemini', 'selfHosted'] as const;
/** How a provider counts: what is charged at admission, what is refunded, which dimensions there are. */
export type LimitProfileName = (typeof limitProfileNames)[number];

/** One provider × region × account × model. */
export interface EndpointSettings {
  readonly name: string;
  readonly provider: ProviderName;
  /** The model name sent to the provider. */
  readonly model: string;
  /** Prompt variant preferred for this model, e.g. `claude`; `default` when absent. */
  readonly family?: string;
  /** Base URL for the SDK; absent = the provider's public address. Azure: `https://<resource>.openai.azure.com`. */
  readonly baseUrl?: string;
  /** OpenAI and Azure. Default `chat`. */
  readonly api?: OpenAiApi;
  /** Azure: name of the deployment. Default: `model`. */
  readonly deployment?: string;
  /** Azure: with one, the dated paths are used (`/openai/deployments/…?api-version=…`), without, the v1 paths. */
  readonly apiVersion?: string;
  /** Differences from what is known of the model (see `capabilitiesOf`). */
  readonly capabilities?: Partial<ModelCapabilities>;
  /** Name of the environment variable that holds the key. Absent only for a server of one's own that asks for none. */
  readonly apiKeyEnv?: string;
  /** Endpoints that share one provider quota name the same group. Default: the endpoint's own name. */
  readonly quotaGroup: string;
  readonly limits: Limits;
  /** Default: the provider's. */
  readonly limitProfile: LimitProfileName;
  /** Share of the calls, relative to the other endpoints of a pool, where its route goes by weight. Default 1. */
  readonly weight: number;
  readonly price: Price;
  /** Prices that replace `price` from their day on, oldest first. */
  readonly priceChanges?: readonly DatedPrice[];
  /** Tokens the model can take, input and output together. */
  readonly contextWindow: number;
  /** Largest output the model can produce, in tokens. */
  readonly maxOutputTokens: number;
}

export const routeStrategies = [
  'headroom',
  'priority',
  'weighted',
  'roundRobin',
  'latency',
  'cost',
  'capability',
  'learned',
] as const;
export type RouteStrategy = (typeof routeStrategies)[number];

/** How a pool chooses among the endpoints that can take a call. */
export interface RouteSettings {
  readonly by: RouteStrategy;
  /** How much later than the earliest possible start the preferred endpoint may start, ms, before the call spills over. */
  readonly spillAfterMs: number;
}

export const storeDownPolicies = ['localShare', 'wait'] as const;
/**
 * What happens while the capacity store does not answer: `localShare` goes on at half of the limits divided by the
 * live workers, paced; `wait` lets nothing go out.
 */
export type StoreDownPolicy = (typeof storeDownPolicies)[number];

/** Past either, new work is refused at once with `Capacity.Overloaded`. An absent one is not checked. */
export interface OverloadSettings {
  readonly expectedWaitMs?: number;
  /** Calls that wait in the pool's queue. */
  readonly backlog?: number;
}

export const breakerShares = ['all', 'any'] as const;

/** When a pool calls for degraded mode by itself. At least one is present. */
export interface DegradeSettings {
  /** What an interactive call that comes now would wait for its start is longer than this, ms. */
  readonly expectedWaitMs?: number;
  /** The circuit breakers of all its endpoints are open, or of any. */
  readonly breakers?: (typeof breakerShares)[number];
}

export interface PoolSettings {
  readonly name: string;
  readonly endpoints: readonly string[];
  readonly route: RouteSettings;
  /** Default: that of the lane. */
  readonly onStoreDown?: StoreDownPolicy;
  readonly overload?: OverloadSettings;
  readonly degradeWhen?: DegradeSettings;
}

export const modelSizes = ['small', 'standard', 'extended'] as const;
export type ModelSize = (typeof modelSizes)[number];

/** One pool of a tier that chooses between pools. */
export interface PoolOption {
  readonly size: ModelSize;
  readonly pool: string;
  /** Prompt variant that goes with the pool's model; default: the family of its first endpoint, then `default`. */
  readonly variant?: string;
}

/** A tier may choose between pools for each call, before anything is reserved. */
export interface PoolChoice {
  readonly by: Extract<RouteStrategy, 'capability' | 'cost' | 'latency' | 'learned'>;
  /** Smallest model first, each size at most once. */
  readonly options: readonly PoolOption[];
  /** Complexity scores, 0–1: below `standard` the small model, below `extended` the standard one. Default 0.3, 0.7. */
  readonly thresholds: { readonly standard: number; readonly extended: number };
}

/** A rung that calls a model. */
export interface ModelTierSettings {
  /** Where there is a choice: the pool of its first option. */
  readonly pool: string;
  readonly choice?: PoolChoice;
  /** Prompt variant for this tier; default: the family of the pool's first endpoint, then `default`. */
  readonly variant?: string;
  /** Least time a call of this tier is worth starting with, ms: with less left the tier is skipped. Default 1,000. */
  readonly needsMs?: number;
}

/** A rung that gives the answer that the very same question got before, of the same tenant, up to this old. */
export interface CachedTierSettings {
  readonly cachedMs: number;
}

/** A rung that gives an answer written in the config; `{{name}}` in its texts is a variable of the step. */
export interface TemplateTierSettings {
  readonly template: JsonValue;
}

/** A rung that works the answer out without a model: an activity of the worker's own, given the step's variables. */
export interface RuleTierSettings {
  /** Name of the activity. */
  readonly rule: string;
  /** One attempt of it, ms. */
  readonly timeoutMs: number;
}

/** Those whose batch interface is used: hours of time, half of the price. */
export const batchProviders: readonly ProviderName[] = ['openai', 'anthropic'];

/** A rung that puts the question into a batch of the provider's own and collects the answer when it is there. */
export interface BatchTierSettings {
  /** Name of a pool. */
  readonly batch: string;
  readonly variant?: string;
  /** When the answer is not there by then the tier has failed, ms. */
  readonly withinMs: number;
  /** How long questions are gathered before they go out as one batch, ms. */
  readonly gatherMs: number;
}

/** A rung that says "accepted" at once; the answer comes later, out of the batch lane. */
export interface DeferredTierSettings {
  /** Name of a pool. */
  readonly deferred: string;
  readonly variant?: string;
  /** The time of the step from there on, ms. */
  readonly withinMs: number;
  /** Channels that are told how it ended. */
  readonly tell?: readonly TellChannel[];
}

/** A rung where a person answers. */
export interface HumanTierSettings {
  /** Role of those who may answer. */
  readonly human: string;
  /** When nobody has answered by then the tier has failed, ms. */
  readonly deadlineMs: number;
  /** Times before the deadline at which people are told again, ms. */
  readonly remindMs?: readonly number[];
  readonly notify?: readonly NotifyChannel[];
  /** One line that people read first. Default: the step and why it needs a person. */
  readonly title?: string;
}

export const notifyChannels = ['webhook', 'slack', 'email'] as const;
export type NotifyChannel = (typeof notifyChannels)[number];

export const tellChannels = ['webhook', 'slack'] as const;
export type TellChannel = (typeof tellChannels)[number];

export type TierSettings =
  | ModelTierSettings
  | CachedTierSettings
  | TemplateTierSettings
  | RuleTierSettings
  | BatchTierSettings
  | DeferredTierSettings
  | HumanTierSettings;

export const tierKinds = ['model', 'cached', 'template', 'rule', 'batch', 'deferred', 'human'] as const;
export type TierKind = (typeof tierKinds)[number];

/** Where a step goes after a failure: what the catalogue says, unless the step says otherwise. */
export type FailureMove =
  /** Down to the next tier. */
  | 'next'
  /** No further tier is tried. */
  | 'fail'
  /** To the next tier of this kind. */
  | Exclude<TierKind, 'model'>;

export const exhaustedMoves = ['fail', 'skip', 'park'] as const;
/**
 * What a step does when no tier is left: fails; gives nothing and says so; waits for an operator; or gives a value of
 * its own.
 */
export type OnExhausted = (typeof exhaustedMoves)[number] | { readonly default: JsonValue };

export function isModelTier(tier: TierSettings): tier is ModelTierSettings {
  return 'pool' in tier;
}

/** Every pool a tier may ask, with the prompt variant it names: none for a tier that asks no model. */
export function askedPoolsOf(tier: TierSettings): readonly Pick<PoolOption, 'pool' | 'variant'>[] {
  if (isModelTier(tier)) return tier.choice?.options ?? [tier];
  const pool = 'batch' in tier ? tier.batch : 'deferred' in tier ? tier.deferred : undefined;
  if (pool === undefined) return [];
  const { variant } = tier as BatchTierSettings | DeferredTierSettings;
  return [{ pool, ...(variant !== undefined && { variant }) }];
}

/** What the length of a request does not tell about how hard it is. */
export interface ComplexityHints {
  /** The answer takes several steps of thought. */
  readonly severalSteps?: boolean;
  /** The model is to call tools. */
  readonly tools?: boolean;
  /** The score itself, 0–1, in place of the computed one. */
  readonly score?: number;
}

/** All in milliseconds. */
export interface Timeouts {
  /** TCP and TLS, until the request is written. */
  readonly connectMs: number;
  /** Longest silence before the first content (text or reasoning); any byte, a keep-alive ping too, restarts it. */
  readonly firstTokenMs: number;
  /** Longest silence after the first content; any byte restarts it. */
  readonly idleMs: number;
  /** One provider call. */
  readonly callMs: number;
  /** All model tiers of the step together, waits included. */
  readonly stepMs: number;
}

/** Those of one call. */
export type CallTimeouts = Omit<Timeouts, 'stepMs'>;

export interface ModelParameters {
  /** Cap on the answer, in tokens. It is what OpenAI charges against tpm up front. */
  readonly maxOutputTokens: number;
  readonly temperature?: number;
  readonly seed?: number;
  /** How long a reasoning model thinks. Absent = the model's own default. */
  readonly reasoningEffort?: ReasoningEffort;
}

export const reasoningEfforts = ['none', 'minimal', 'low', 'medium', 'high'] as const;
export type ReasoningEffort = (typeof reasoningEfforts)[number];

export interface StepSettings {
  readonly name: string;
  /** `name@version`, a folder under `prompts/`. */
  readonly prompt: string;
  /** Name of a registered output schema; absent = plain text. */
  readonly output?: string;
  readonly lane: Lane;
  readonly timeouts: Timeouts;
  /** Attempts of `callModel` by Temporal in one tier, the first included. */
  readonly maximumAttempts: number;
  /** Overrides of the prompt's own parameters. */
  readonly parameters?: Partial<ModelParameters>;
  /** The text goes to whoever follows the run while it is written. Default false. */
  readonly stream?: boolean;
  /** The provider keeps the call running when we die, where it can (OpenAI Responses). Default false. */
  readonly background?: boolean;
  /** Functions the model may call, by name; the pipeline gives each its handler. */
  readonly tools?: readonly ToolDefinition[];
  /** Most rounds of tool calls before the step fails. Default 8. */
  readonly maxToolRounds?: number;
  /** For tiers and pools that choose by capability. */
  readonly complexity?: ComplexityHints;
  /** By failure type; of the others the catalogue decides. */
  readonly onFailure?: Readonly<Partial<Record<FailureType, FailureMove>>>;
  /** Default `fail`. */
  readonly onExhausted?: OnExhausted;
  readonly tiers: readonly TierSettings[];
}

/** Texts to vectors, all by one model: what `embed` does. */
export interface EmbeddingSettings extends EmbeddingPlan {
  readonly name: string;
  /** All its endpoints serve `model`. */
  readonly pool: string;
  readonly lane: Lane;
  /** How long vectors are kept for the same texts of the same tenant, ms. Absent: within the run only. */
  readonly cachedMs?: number;
  readonly timeouts: Timeouts;
  readonly maximumAttempts: number;
}

export interface TenantSettings {
  /** Share of the tokens, relative to other tenants of the same lane and priority that wait. */
  readonly weight: number;
  readonly priority: Priority;
  /** What all runs of the tenant together may spend. Absent = any amount. */
  readonly budget?: TenantBudget;
}

export const budgetPeriods = ['day', 'month'] as const;
/** Calendar days and months of UTC. */
export type BudgetPeriod = (typeof budgetPeriods)[number];

/** At least one of `usd` and `tokens`. */
export interface TenantBudget {
  readonly per: BudgetPeriod;
  /** US dollars. */
  readonly usd?: number;
  /** Input and output tokens. */
  readonly tokens?: number;
}

export interface CapacitySettings {
  /** How far ahead a granted start may lie before the caller must queue instead, per lane. */
  readonly maxWaitMs: Readonly<Record<Lane, number>>;
  /** How far ahead batch may book while interactive calls are about: the longest they wait behind it. */
  readonly batchAheadMs: number;
  /** Share of a pool that batch gets even while interactive calls could use all of it, 0–1. */
  readonly batchMinimumShare: number;
  /** Share of its lane that standard priority gets even while premium could use all of it, 0–1. */
  readonly standardMinimumShare: number;
  /** Share of the concurrency that batch leaves free for interactive calls, 0–1. */
  readonly interactiveFloorShare: number;
  readonly tenants: Readonly<Record<string, TenantSettings>>;
  /** For tenants that are not listed. */
  readonly defaultTenant: TenantSettings;
  readonly onStoreDown: Readonly<Record<Lane, StoreDownPolicy>>;
  /** Raised with every change of an endpoint's limits: workers that still run with a lower one cannot put theirs back. */
  readonly limitsVersion: number;
  /** Time a reservation lives past its start unless renewed. */
  readonly leaseMs: number;
  /** J: the jitter of dispatch that the engine plans for. */
  readonly jitterMs: number;
  /** Hops and retries allowed per pool as a share of its calls over a sliding minute. */
  readonly retryBudgetShare: number;
  /** Hops and retries always allowed per pool and minute. */
  readonly retryBudgetFloor: number;
}

export interface Settings {
  /** Path the settings came from, for messages. */
  readonly file: string;
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
  readonly pools: Readonly<Record<string, PoolSettings>>;
  readonly steps: Readonly<Record<string, StepSettings>>;
  /** What `embed` takes, by name; none of them is the name of a step. */
  readonly embeddings: Readonly<Record<string, EmbeddingSettings>>;
  readonly capacity: CapacitySettings;
  /** How long a journaled answer is kept. */
  readonly journalTtlMs: number;
  /** Parameters every call starts from; the prompt's and the step's override them. */
  readonly defaults: { readonly parameters: ModelParameters };
  /** What was left out while loading, e.g. an optional endpoint without its key. For logs and `doctor`. */
  readonly warnings: readonly string[];
}

/** A JSON Schema document as providers take it. */
export type JsonSchema = JsonObject;
