/** What stands in histories about one LLM step. Every type here is JSON. */
import type { CallIdentity } from './ids';
import type { JsonObject, JsonValue } from './json';
import type {
  CallTimeouts,
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
export interface TierPlan extends PoolPlan {
  /** Present where each call chooses its pool: the fields above are then those of the first option, the window the largest. */
  readonly choice?: ChoicePlan;
}

export interface ChoicePlan extends Pick<PoolChoice, 'by' | 'thresholds'> {
  /** Smallest model first. */
  readonly options: readonly (PoolPlan & { readonly size: ModelSize })[];
}

/** The plan snapshot of a step: recorded in history when a run first opens the step, and valid for the whole run. */
export interface StepPlan {
  readonly step: string;
  /** `name@version`. */
  readonly prompt: string;
  readonly output?: string;
  readonly lane: Lane;
  readonly timeouts: Timeouts;
  readonly maximumAttempts: number;
  readonly complexity?: ComplexityHints;
  readonly tiers: readonly TierPlan[];
}

/** Why a repair is asked for: what the validator said about the first answer. */
export interface RepairRequest {
  readonly issues: string;
  /** Journal key of the answer that did not pass. */
  readonly invalidAnswerKey: string;
}

export interface OpenStepInput {
  readonly id: CallIdentity;
  readonly variables: JsonObject;
  readonly tenant: string;
  /** Of the run. Default: the tenant's. */
  readonly priority?: Priority;
  /** The recorded plan, on every opening after the first of the run. */
  readonly plan?: StepPlan;
  /** Time left of the step, ms; absent on the first opening. */
  readonly remainingMs?: number;
  readonly repair?: RepairRequest;
  /** What the first opening of this call chose: later ones, and a repair, stay with it. */
  readonly chosen?: PoolPlan;
  /** What the run may still spend, US dollars; absent = any amount. */
  readonly remainingUsd?: number;
}

export interface OpenStepOutput {
  /** Only on the first opening of the step in this run. */
  readonly plan?: StepPlan;
  /** Only where the tier chooses between pools, and only on the first opening of the call. */
  readonly chosen?: PoolPlan;
  /** Digest of the request; `callModel` computes it again and compares. */
  readonly requestDigest: string;
  readonly capacity:
    | { readonly kind: 'granted'; readonly grant: Grant }
    /** `hop` of the reservation id that has the place in the queue, as in `Grant`. Default 0. */
    | { readonly kind: 'wait'; readonly retryInMs: number; readonly blockedBy: string; readonly hop?: number }
    /** The journal already holds the answer: nothing to reserve. */
    | { readonly kind: 'journaled' };
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
}

/** What `callModel` needs of a plan: one tier, and what holds for all of them. */
export interface CallPlan extends Omit<PoolPlan, 'contextWindow'> {
  readonly prompt: string;
  readonly output?: string;
  readonly requestDigest: string;
  readonly lane: Lane;
  readonly timeouts: CallTimeouts;
  readonly maximumAttempts: number;
  readonly complexity?: ComplexityHints;
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

/** One try of a step on one endpoint. */
export interface Attempt {
  readonly tier: number;
  /** Temporal's attempt, from 1. */
  readonly attempt: number;
  readonly hop: number;
  readonly endpoint: string;
  /** `succeeded`, `journaled` or a failure type. */
  readonly outcome: string;
  readonly status?: number;
  readonly usage?: Usage;
  readonly costUsd?: number;
  readonly durationMs?: number;
}

export interface CallModelOutput {
  /** The text, or the validated JSON value. */
  readonly value: JsonValue;
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
  /** True when a later tier than the first answered. */
  readonly degraded: boolean;
  /** Failure type that ended the previous tier; absent when not degraded. */
  readonly reason?: string;
  readonly attempts: readonly Attempt[];
  /** Over all attempts whose usage is known. */
  readonly usage: Usage;
  readonly costUsd: number;
  readonly promptVersion: string;
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
  /** Failure type of the tier before. */
  readonly reason: string;
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
