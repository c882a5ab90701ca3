/** What stands in histories about one LLM step. Every type here is JSON. */
import type { FailureType } from '../errors/failure-types';
import type { FailureDetails } from '../errors/holdfast-error';
import type { EmbeddingPlan } from './embedding';
import type { CallIdentity } from './ids';
import type { JsonObject, JsonValue } from './json';
import type { Attachment, ToolCall } from './model';
import type {
  BatchTierSettings,
  CallTimeouts,
  DeferredTierSettings,
  FailureMove,
  HumanTierSettings,
  OnExhausted,
  RuleTierSettings,
  TierKind,
  ComplexityHints,
  Lane,
  ModelParameters,
  ModelSize,
  PoolChoice,
  Priority,
  Timeouts,
} from './settings';
import { addUsage, noUsage } from './usage';
import type { Usage } from './usage';

/** One pool and the prompt that goes with its model. */
export interface PoolPlan {
  readonly pool: string;
  /** Prompt variant, e.g. `default` or `claude`. */
  readonly variant: string;
  readonly parameters: ModelParameters;
  /** Largest context window in the pool, tokens: where a request that was too long may still fit. */
  readonly contextWindow: number;
}

/** One rung of the ladder as recorded when the step was first opened: changing the config later does not touch a run. */
export type TierPlan =
  ModelTierPlan | CachedTierPlan | TemplateTierPlan | RuleTierPlan | BatchTierPlan | DeferredTierPlan | HumanTierPlan;

export interface ModelTierPlan extends PoolPlan {
  /** Present where each call chooses its pool: the fields above are then those of the first option, the window the largest. */
  readonly choice?: ChoicePlan;
  /** With less time left than this the tier is skipped, ms. Default 1,000. */
  readonly needsMs?: number;
}

export interface CachedTierPlan {
  readonly cachedMs: number;
}

/** The answer itself stands in the config: the plan only says that there is one. */
export interface TemplateTierPlan {
  readonly template: true;
}

export type RuleTierPlan = RuleTierSettings;

/** With the prompt of the pool's model, like a model tier: see `poolPlanOf`. */
export interface BatchTierPlan extends Omit<PoolPlan, 'pool'>, Omit<BatchTierSettings, 'variant'> {}

export interface DeferredTierPlan extends Omit<PoolPlan, 'pool'>, Omit<DeferredTierSettings, 'variant'> {}

export type HumanTierPlan = HumanTierSettings;

export function tierKindOf(tier: TierPlan): TierKind {
  if ('pool' in tier) return 'model';
  if ('cachedMs' in tier) return 'cached';
  if ('template' in tier) return 'template';
  if ('batch' in tier) return 'batch';
  if ('deferred' in tier) return 'deferred';
  return 'human' in tier ? 'human' : 'rule';
}

/** The pool a tier asks; of one that chooses, its first option. Undefined for a tier that asks no model. */
export function poolPlanOf(tier: TierPlan | undefined): PoolPlan | undefined {
  if (tier === undefined || isModelTierPlan(tier)) return tier;
  const pool = 'batch' in tier ? tier.batch : 'deferred' in tier ? tier.deferred : undefined;
  if (pool === undefined) return undefined;
  const { variant, parameters, contextWindow } = tier as BatchTierPlan | DeferredTierPlan;
  return { pool, variant, parameters, contextWindow };
}

export function isModelTierPlan(tier: TierPlan | undefined): tier is ModelTierPlan {
  return tier !== undefined && 'pool' in tier;
}

export interface ChoicePlan extends Pick<PoolChoice, 'by' | 'thresholds'> {
  /** Smallest model first. */
  readonly options: readonly (PoolPlan & { readonly size: ModelSize })[];
}

/** The plan snapshot of a step: recorded in history when a run first opens the step, and valid for the whole run. */
export interface StepPlan {
  readonly step: string;
  /** `name@version`; empty for an embedding, which has none. */
  readonly prompt: string;
  /** It embeds the texts of its variable `texts`. Absent for a step, which answers. */
  readonly embedding?: EmbeddingPlan;
  readonly output?: string;
  readonly lane: Lane;
  readonly timeouts: Timeouts;
  readonly maximumAttempts: number;
  readonly complexity?: ComplexityHints;
  readonly stream?: boolean;
  readonly background?: boolean;
  /** Names of the tools the model may call; their definitions are the config's, covered by the request digest. */
  readonly tools?: readonly string[];
  readonly maxToolRounds?: number;
  readonly onFailure?: Readonly<Partial<Record<FailureType, FailureMove>>>;
  readonly onExhausted?: OnExhausted;
  readonly tiers: readonly TierPlan[];
}

/** One round of tool calls: what the model asked for, and what it got. */
export interface ToolRound {
  /** Journal key of the answer that asked: what the provider wants to see again stands there. */
  readonly answerKey: string;
  /** What the model said besides. */
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** In the order of `calls`. */
  readonly results: readonly ToolResult[];
}

export interface ToolResult {
  /** Text, or JSON as text. */
  readonly content: string;
  /** The tool failed; `content` tells the model why. */
  readonly isError?: boolean;
}

/** What a step asks beside its variables. */
export interface CallExtras {
  readonly attachments?: readonly Attachment[];
  /** Rounds of tool calls so far, oldest first. */
  readonly toolRounds?: readonly ToolRound[];
}

/** Why a repair is asked for: what the validator said about the first answer. */
export interface RepairRequest {
  readonly issues: string;
  /** Journal key of the answer that did not pass. */
  readonly invalidAnswerKey: string;
}

export interface OpenStepInput {
  readonly id: CallIdentity;
  /** `embed` asks: the name is that of an embedding, not of a step. */
  readonly embeds?: true;
  readonly variables: JsonObject;
  readonly tenant: string;
  /** Of the run. Default: the tenant's. */
  readonly priority?: Priority;
  /** The recorded plan, on every opening after the first of the run. */
  readonly plan?: StepPlan;
  /** Time left of the step, ms; on the first opening that of the run, where it was given any. */
  readonly remainingMs?: number;
  readonly repair?: RepairRequest;
  readonly extras?: CallExtras;
  /** What the first opening of this call chose: later ones, and a repair, stay with it. */
  readonly chosen?: PoolPlan;
  /** Of the run. Absent = any amount. */
  readonly budget?: SpendLimits;
  /** What the run may still spend, US dollars; absent = any amount. */
  readonly remainingUsd?: number;
}

/** What a run may spend, all its steps and children together. At least one is present. */
export interface SpendLimits {
  /** US dollars. */
  readonly usd?: number;
  /** Input and output tokens. */
  readonly tokens?: number;
}

/** What a start may allow a run. At least one is present. */
export interface RunBudget extends SpendLimits {
  /** From the start of the run to its last call, ms. */
  readonly timeMs?: number;
}

export interface OpenStepOutput {
  /** Only on the first opening of the step in this run. */
  readonly plan?: StepPlan;
  /** The server knows Holdfast's search attributes. Only with `plan`. */
  readonly searchable?: true;
  /** Only where the tier chooses between pools, and only on the first opening of the call. */
  readonly chosen?: PoolPlan;
  /** Digest of the request; `callModel` computes it again and compares. */
  readonly requestDigest: string;
  readonly capacity:
    | { readonly kind: 'granted'; readonly grant: Grant }
    /** `hop` of the reservation id that has the place in the queue, as in `Grant`. Default 0. */
    | {
        readonly kind: 'wait';
        readonly retryInMs: number;
        readonly blockedBy: string;
        readonly hop?: number;
        /**
         * The place in the queue may be given back, and an open breaker left behind. Always, but in what was recorded
         * before; `patched` cannot tell, as it reads false when a query had split the workflow task right here.
         */
        readonly mayLeave?: true;
      }
    /** The journal already holds the answer: nothing to reserve. */
    | { readonly kind: 'journaled' }
    /** A cached tier: the answer of the same question, asked before. */
    | { readonly kind: 'cached'; readonly value: JsonValue; readonly model: string }
    /** A cached tier that holds nothing. */
    | { readonly kind: 'notCached' }
    /** A template tier's answer. */
    | { readonly kind: 'template'; readonly value: JsonValue }
    /** A rule tier: its activity is to be called. */
    | { readonly kind: 'rule' }
    /** A batch, deferred or human tier: it runs in a workflow of its own. */
    | {
        readonly kind: 'child';
        /** A deferred tier: how long its answer is likely to take, ms. */
        readonly expectedMs?: number;
      }
    /** The tier cannot be opened. Only on the first opening of the step: later ones fail with it. */
    | {
        readonly kind: 'refused';
        readonly failure: { readonly type: FailureType; readonly message: string; readonly details: FailureDetails };
      };
}

/**
 * A reservation as history carries it, twice per step: what the worker cannot know by itself. Reservation id, pool and
 * quota group follow from the call's identity and the config.
 */
export interface Grant {
  readonly endpoint: string;
  /** Part of the reservation id; above 0 only after an operator's reset. */
  readonly hop: number;
  /** Start on the capacity store's clock, ms. */
  readonly startAt: number;
  /** Delay from the grant to the start, ms. */
  readonly startInMs: number;
  readonly blockedBy?: string;
  /** Process that received the grant, and when on its own monotonic clock, ms: elsewhere the claim is confirmed first. */
  readonly process: string;
  readonly receivedAtMs: number;
}

export interface CallModelInput {
  readonly id: CallIdentity;
  readonly call: CallPlan;
  readonly variables: JsonObject;
  readonly tenant: string;
  /** Of the run. Default: the tenant's. */
  readonly priority?: Priority;
  readonly grant?: Grant;
  readonly repair?: RepairRequest;
  readonly extras?: CallExtras;
  /** Of the run. Absent = any amount. */
  readonly budget?: SpendLimits;
}

/** What `callModel` needs of a plan: one tier, and what holds for all of them. */
export interface CallPlan extends Omit<PoolPlan, 'contextWindow'> {
  readonly prompt: string;
  readonly embedding?: EmbeddingPlan;
  readonly output?: string;
  readonly requestDigest: string;
  readonly lane: Lane;
  readonly timeouts: CallTimeouts;
  readonly maximumAttempts: number;
  readonly complexity?: ComplexityHints;
  readonly stream?: boolean;
  readonly background?: boolean;
  readonly tools?: readonly string[];
  /** Where the answer is kept for later runs, and for how long: present when the step has a cached tier. */
  readonly cacheMs?: number;
  /** There is another model to go to: a call does not wait for an open breaker. */
  readonly leavesBreaker?: boolean;
}

/** Gives back what a call that will not be made has claimed: starts, booked attempts, its place in the queue. */
export interface ReleaseGrantInput {
  readonly id: CallIdentity;
  readonly pool: string;
  /** Of attempt 1, granted or waiting. Default: that of `grant`, then 0. */
  readonly hop?: number;
  /** The last attempt that may have been booked ahead, hop 0. Default 1: only what `openStep` claimed. */
  readonly attempts?: number;
  /** What histories hold that were recorded before `hop` and `attempts`. */
  readonly grant?: Pick<Grant, 'hop'>;
}

/** An answer that no model gave: is it one of the step? */
export interface CheckAnswerInput {
  readonly step: string;
  /** Name of the output schema; absent = plain text. */
  readonly output?: string;
  readonly value: JsonValue;
}

/** Tells whoever follows a step that it has failed for good. */
export interface FailStreamInput extends Pick<CallIdentity, 'runKey' | 'step' | 'occurrence'> {
  /** A type of the catalogue. */
  readonly failure: string;
}

/** What an activity that serves as a tool is given besides the arguments. */
export interface ToolContext {
  /** The same whenever this very call is made again: for effects that must happen once. */
  readonly idempotencyKey: string;
  readonly tenant: string;
}

/** One try of a step on one endpoint. */
export interface Attempt {
  readonly tier: number;
  /** Temporal's attempt, from 1. */
  readonly attempt: number;
  readonly hop: number;
  readonly endpoint: string;
  /**
   * `succeeded`, `journaled`, `cached`, a failure type; `unknown` for an attempt whose process died, `wasted` for an
   * answer that was paid for after another attempt's had been kept.
   */
  readonly outcome: string;
  readonly status?: number;
  readonly usage?: Usage;
  readonly costUsd?: number;
  readonly durationMs?: number;
}

export interface CallModelOutput {
  /** The text, or the validated JSON value. With `toolCalls`: what the model said besides, as text. */
  readonly value: JsonValue;
  /** The model asks for these before it answers. */
  readonly toolCalls?: readonly ToolCall[];
  /** With `toolCalls`: see `ToolRound.answerKey`. */
  readonly answerKey?: string;
  readonly model: string;
  /** The attempt that was answered. */
  readonly served: Attempt;
  /** Attempts of the same call that were not, oldest first. */
  readonly failed?: readonly Attempt[];
  /** True when the answer came out of the journal and was not bought now. */
  readonly fromJournal?: boolean;
  /** Only when a plain-text answer was cut at `maxOutputTokens`. */
  readonly cutAtMaxTokens?: boolean;
}

/** What `step` gives its caller. */
export interface StepResult<T = JsonValue> {
  readonly value: T;
  /** Name of the endpoint that answered. */
  readonly servedBy: string;
  readonly model: string;
  /** Index of the tier that answered, 0 first. */
  readonly tier: number;
  /** True when a tier before the one that answered had failed. An earlier cached tier that held nothing has not. */
  readonly degraded: boolean;
  /** Failure type that ended the last tier before; absent when not degraded. */
  readonly reason?: string;
  /** Every tier had failed, and the step or an operator says to go on without: `value` is null. */
  readonly skipped?: true;
  /** Tells it apart from a `DeferredStep`. */
  readonly deferred?: never;
  readonly attempts: readonly Attempt[];
  /** Over all attempts whose usage is known. */
  readonly usage: Usage;
  readonly costUsd: number;
  readonly promptVersion: string;
}

/** Where the answer of a deferred step comes from, and about when. */
export interface Deferral {
  /** Of the workflow that goes on with the step: for `deferredAnswer`, and the client's `deferredResult`. */
  readonly workflowId: string;
  /** ISO 8601. A guess by the state of the pool when the step was put off, at most the tier's `within`; no promise. */
  readonly expectedAt: string;
}

/** What `step` gives a caller that can wait (`deferrable`) in place of an answer: there is no `value` yet. */
export interface DeferredStep extends Pick<
  StepResult,
  'tier' | 'degraded' | 'reason' | 'attempts' | 'usage' | 'costUsd' | 'promptVersion'
> {
  readonly deferred: Deferral;
}

/** What a tier child is started with. */
export interface TierWorkflowInput {
  readonly plan: StepPlan;
  readonly tier: number;
  readonly runKey: string;
  readonly occurrence: number;
  readonly variables: JsonObject;
  readonly tenant: string;
  /** Of the run. Default: the tenant's. */
  readonly priority?: Priority;
  readonly remainingMs: number;
  /** Failure type of the tier before; empty when there was none. */
  readonly reason: string;
  readonly extras?: CallExtras;
  readonly budget?: SpendLimits;
  /** A deferred tier whose caller goes on without waiting: who it was. */
  readonly deferredFor?: { readonly pipeline: string; readonly workflowId: string };
}

/** What one tier answers. */
export interface TierOutcome {
  readonly value: JsonValue;
  readonly model: string;
  /** All attempts of the tier, a repair's included; the one that served last. */
  readonly attempts: readonly Attempt[];
}

/** Usage and cost of all attempts that are known to have used anything. */
export function totalOf(attempts: readonly Attempt[]): { usage: Usage; costUsd: number } {
  return {
    usage: attempts.reduce<Usage>((sum, made) => (made.usage === undefined ? sum : addUsage(sum, made.usage)), noUsage),
    costUsd: attempts.reduce((sum, made) => sum + (made.costUsd ?? 0), 0),
  };
}
