/** The words of the reservation engine as other parts of Holdfast see them. */
import type { Lane, Limits } from './settings';

/** What one call is expected to use. */
export interface CapacityCost {
  /** Tokens the provider charges at admission: input and requested output for OpenAI, input for Anthropic. */
  readonly tokens: number;
}

/** One endpoint the call could go to, with the cost as that endpoint's provider would charge it. */
export interface CapacityCandidate {
  readonly endpoint: string;
  readonly quotaGroup: string;
  readonly limits: Limits;
  readonly cost: CapacityCost;
}

export interface ReserveRequest {
  /** Reservation id: the same id returns the same answer, however often it is sent. */
  readonly rid: string;
  readonly pool: string;
  readonly candidates: readonly CapacityCandidate[];
  readonly lane: Lane;
  readonly tenant: string;
  /** Furthest start the caller accepts, from now. */
  readonly maxWaitMs: number;
  /** True for a hop or a retry: counted against the pool's retry budget. */
  readonly isRetry?: boolean;
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
  /** Nothing was changed; ask again with the same rid after `retryInMs`. */
  | { readonly kind: 'wait'; readonly retryInMs: number; readonly blockedBy: string }
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

export interface Settlement {
  readonly rid: string;
  readonly pool: string;
  readonly endpoint: string;
  readonly quotaGroup: string;
  readonly outcome: CallOutcome;
  /** Tokens really charged; absent keeps the estimate. */
  readonly actualTokens?: number;
  /** Pause the endpoint for everyone this long. */
  readonly blockedForMs?: number;
}
