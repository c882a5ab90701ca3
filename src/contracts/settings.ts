/**
 * What `config/holdfast.yaml` says once it is loaded: validated, defaulted, every duration in
 * milliseconds, every reference resolved to a name that exists. `config/` produces it, everything
 * else reads it. Secrets are not in it: only the names of the environment variables that hold them.
 */
import type { JsonObject } from './json';
import type { Price } from './usage';

export const providerNames = ['openai', 'anthropic'] as const;
export type ProviderName = (typeof providerNames)[number];

export const lanes = ['interactive', 'batch'] as const;
/** Who goes first when capacity is short. */
export type Lane = (typeof lanes)[number];

/** What the provider enforces for one quota group. An absent dimension is not enforced. */
export interface Limits {
  /** Requests per minute. */
  readonly rpm?: number;
  /** Tokens (input + requested output) per minute. */
  readonly tpm?: number;
  /** Calls in flight at once. */
  readonly concurrency?: number;
}

/** One provider × region × account × model. */
export interface EndpointSettings {
  readonly name: string;
  readonly provider: ProviderName;
  /** The model name sent to the provider. */
  readonly model: string;
  /** Prompt variant preferred for this model, e.g. `claude`; `default` when absent. */
  readonly family?: string;
  /** Base URL for the SDK; absent = the provider's public address. */
  readonly baseUrl?: string;
  /** Name of the environment variable that holds the key. */
  readonly apiKeyEnv: string;
  /** Endpoints that share one provider quota name the same group. Default: the endpoint's own name. */
  readonly quotaGroup: string;
  readonly limits: Limits;
  readonly price: Price;
  /** Tokens the model can take, input and output together. */
  readonly contextWindow: number;
  /** Largest output the model can produce, in tokens. */
  readonly maxOutputTokens: number;
}

export interface PoolSettings {
  readonly name: string;
  readonly endpoints: readonly string[];
  /** How an endpoint is chosen among those that can start equally early. */
  readonly route: 'headroom';
}

export interface TierSettings {
  readonly pool: string;
  /** Prompt variant for this tier; default: the family of the pool's first endpoint, then `default`. */
  readonly variant?: string;
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
}

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
  readonly tiers: readonly TierSettings[];
}

/** How far ahead a granted start may lie before the caller must queue instead, per lane. */
export interface CapacitySettings {
  readonly maxWaitMs: Readonly<Record<Lane, number>>;
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
