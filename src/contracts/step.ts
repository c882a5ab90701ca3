/** What stands in histories about one LLM step. Every type here is JSON. */
import type { Reservation } from './capacity';
import type { CallIdentity } from './ids';
import type { JsonObject, JsonValue } from './json';
import type { Lane, ModelParameters, Timeouts } from './settings';
import type { Usage } from './usage';

/** One rung of the ladder as recorded when the step was opened: changing the config later does not touch a run. */
export interface TierPlan {
  readonly pool: string;
  /** Prompt variant, e.g. `default` or `claude`. */
  readonly variant: string;
  /** Digest of the request in this tier; `callModel` computes it again and compares. */
  readonly requestDigest: string;
  readonly parameters: ModelParameters;
  /** Largest context window in the pool, tokens: where a request that was too long may still fit. */
  readonly contextWindow: number;
}

/** The plan snapshot of a step, recorded in history by `openStep`. */
export interface StepPlan {
  readonly step: string;
  /** `name@version`. */
  readonly prompt: string;
  readonly output?: string;
  readonly lane: Lane;
  readonly timeouts: Timeouts;
  readonly maximumAttempts: number;
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
  /** The recorded plan, on every opening after the first. */
  readonly plan?: StepPlan;
  /** Time left of the step, ms; absent on the first opening. */
  readonly remainingMs?: number;
  readonly repair?: RepairRequest;
}

export interface OpenStepOutput {
  /** Only on the first opening of a step. */
  readonly plan?: StepPlan;
  readonly capacity:
    | { readonly kind: 'granted'; readonly reservation: Reservation; readonly grantedBy: GrantStamp }
    | { readonly kind: 'wait'; readonly retryInMs: number; readonly blockedBy: string }
    /** The journal already holds the answer: nothing to reserve. */
    | { readonly kind: 'journaled' };
}

/** Which process received the grant and when on its own monotonic clock: elsewhere, the claim is confirmed first. */
export interface GrantStamp {
  readonly process: string;
  readonly monotonicMs: number;
}

export interface CallModelInput {
  readonly id: CallIdentity;
  /** The plan without the other tiers. */
  readonly call: CallPlan;
  readonly variables: JsonObject;
  readonly tenant: string;
  readonly reservation?: Reservation;
  readonly grantedBy?: GrantStamp;
  readonly repair?: RepairRequest;
}

/** What `callModel` needs of a plan: one tier, and what holds for all of them. */
export interface CallPlan extends Omit<TierPlan, 'contextWindow'> {
  readonly prompt: string;
  readonly output?: string;
  readonly lane: Lane;
  readonly timeouts: Timeouts;
  readonly maximumAttempts: number;
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
  readonly endpoint: string;
  readonly model: string;
  readonly usage: Usage;
  readonly costUsd: number;
  /** Failed attempts first, the one that served last. */
  readonly attempts: readonly Attempt[];
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
  readonly remainingMs: number;
  /** Failure type of the tier before. */
  readonly reason: string;
}

/** What one tier answers, a repair included. */
export interface TierOutcome {
  readonly call: CallModelOutput;
  readonly usage: Usage;
  readonly costUsd: number;
}
