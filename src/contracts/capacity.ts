/** The words of the reservation engine as other parts of Holdfast see them. */
import type { Lane, LimitDimension, Limits, OverloadSettings, Priority } from './settings';

/** What one call is expected to use, or has used, in the provider's count. */
export interface CapacityCost {
  /** Charged against `tpm` at admission: input and requested output for OpenAI, input for Anthropic. */
  readonly tokens: number;
  /** Charged against `inputTpm` at admission. Default: `tokens`. */
  readonly inputTokens?: number;
  /** Charged against `outputTpm` while they are generated: what is expected, then the truth. Default 0. */
  readonly outputTokens?: number;
}

/** One endpoint the call could go to, with the cost as that endpoint's provider would charge it. */
export interface CapacityCandidate {
  readonly endpoint: string;
  readonly quotaGroup: string;
  readonly limits: Limits;
  readonly cost: CapacityCost;
  /** Multiplies the headroom where headroom decides. Default 1. */
  readonly weight?: number;
  /** Preference of the route, lower first; equal ranks leave the choice to start and headroom. Default 0. */
  readonly rank?: number;
}

export interface ReserveRequest {
  /** Reservation id: the same id returns the same answer, however often it is sent. */
  readonly rid: string;
  readonly pool: string;
  readonly candidates: readonly CapacityCandidate[];
  readonly lane: Lane;
  readonly tenant: string;
  /** Default: that of the tenant. */
  readonly priority?: Priority;
  /** Furthest start the caller accepts, from now. */
  readonly maxWaitMs: number;
  /** How much later than the earliest start an endpoint of a lower rank number may start and still be taken. Default 0. */
  readonly spillAfterMs?: number;
  /** Past these the request is refused instead of queued. Absent = it is always queued. */
  readonly overload?: OverloadSettings;
  /** True for a hop or a retry: counted against the pool's retry budget. */
  readonly isRetry?: boolean;
  /** False: a request that cannot be granted now takes no place in the queue. Default true. */
  readonly queues?: boolean;
}

/** A granted claim on one endpoint: one request, its tokens, one slot. */
export interface Reservation {
  readonly rid: string;
  readonly pool: string;
  readonly endpoint: string;
  readonly quotaGroup: string;
  /** The start on the store's own clock, ms. Only ever compared with that clock. */
  readonly startAt: number;
  /** Delay from the moment of the answer to the start, ms. */
  readonly startInMs: number;
  /** The lease's end, from the start, ms. */
  readonly leaseMs: number;
  /** What delayed the start, e.g. `tpm on openai-eastus`; absent when it can start at once. */
  readonly blockedBy?: string;
}

export type ReserveAnswer =
  | { readonly kind: 'granted'; readonly reservation: Reservation }
  /** Nothing is charged, but the rid has its place in the queue: ask again with it after `retryInMs`. */
  | { readonly kind: 'wait'; readonly retryInMs: number; readonly blockedBy: string }
  /** Nothing was changed: the queue is past what the pool allows. */
  | { readonly kind: 'overloaded'; readonly expectedMs: number; readonly waiting: number }
  /** The rid was settled, released or has lapsed: take the next hop number. */
  | { readonly kind: 'spent' }
  /** The pool's retry budget for this minute is used up. */
  | { readonly kind: 'retryBudgetSpent' };

export type ConfirmAnswer =
  { readonly kind: 'confirmed'; readonly startInMs: number; readonly leaseMs: number } | { readonly kind: 'spent' };

/** How a call ended, as far as capacity is concerned. */
export const callOutcomes = ['succeeded', 'failed', 'rateLimited', 'refused', 'unknown', 'dead'] as const;
/**
 * `succeeded` and `failed` (the provider answered, its usage is known or nil), `rateLimited` (429 of the rate class),
 * `refused` (not admitted: nothing was charged), `unknown` (cut, timed out: the charge stays),
 * `dead` (key or quota gone: the endpoint is closed until `blockedForMs` has passed).
 */
export type CallOutcome = (typeof callOutcomes)[number];

/** What a provider's headers said about one dimension. */
export interface LimitReading {
  readonly dimension: Exclude<LimitDimension, 'concurrency'>;
  readonly limit?: number;
  readonly remaining?: number;
  /** Until everything that was used is forgotten, ms. */
  readonly resetMs?: number;
  /** How long ago that was: headers come before the answer they belong to. Default 0. */
  readonly ageMs?: number;
}

export interface Settlement {
  readonly rid: string;
  readonly pool: string;
  readonly endpoint: string;
  readonly quotaGroup: string;
  readonly outcome: CallOutcome;
  /** What was really charged; absent keeps the estimate. */
  readonly actual?: CapacityCost;
  /** Pause the endpoint for everyone this long. */
  readonly blockedForMs?: number;
  /** The endpoint failed (5xx, overloaded, connection, timers, cut or empty answer): counted by the breaker. Default false. */
  readonly isFault?: boolean;
  /** From sending the call to its end. */
  readonly latencyMs?: number;
  readonly costUsd?: number;
  readonly limits?: readonly LimitReading[];
}

/** New limits for a quota group, while everything runs. */
export interface LimitChange {
  /** Any pool that reaches the group. */
  readonly pool: string;
  readonly quotaGroup: string;
  readonly limits: Limits;
}

/** How one dimension of an endpoint's quota group stands. */
export interface DimensionReading {
  readonly dimension: LimitDimension;
  /** In force: the config's, or what was set at run time. */
  readonly limit: number;
  /** After tightening by headers, 429s and the ramp after an outage. */
  readonly effectiveLimit: number;
  /** Booked over the last minute (`rpd`: today, `concurrency`: now), starts ahead included. */
  readonly used: number;
}

export type BreakerState = 'closed' | 'open' | 'probing' | 'ramping';

export interface EndpointReading {
  readonly endpoint: string;
  readonly quotaGroup: string;
  readonly limitsVersion: number;
  readonly dimensions: readonly DimensionReading[];
  /** Leases of the quota group. */
  readonly inFlight: number;
  readonly breaker: BreakerState;
  /** 0 = open for calls. */
  readonly blockedForMs: number;
  /** Share of the limits that is used after 429s, 0–1. */
  readonly rateFactor: number;
  /** 429s of the rate class since the state began. */
  readonly rateLimited: number;
  /** Settled calls, of them failed ones, both fading with a half-life of ten minutes. */
  readonly calls: number;
  readonly faults: number;
  /** Mean over the last 100 calls; absent before the first. */
  readonly latencyMs?: number;
  /** Mean cost of a call, US dollars; absent before the first. */
  readonly costUsd?: number;
}

/** How a pool stands now. */
export interface PoolReading {
  readonly pool: string;
  readonly endpoints: readonly EndpointReading[];
  readonly waiting: Readonly<Record<Lane, number>>;
  /** What a call of mean size that comes now waits for its start. */
  readonly expectedWaitMs: Readonly<Record<Lane, number>>;
}

/** Whether a wait is for an endpoint's breaker: `breaker on openai-eastus`. */
export function isBreaker(blockedBy: string): boolean {
  return blockedBy.startsWith('breaker ');
}
