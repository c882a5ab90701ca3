/**
 * What the workflows and activities of the batch tier hand to each other. A question goes by its key everywhere: what is
 * asked stands in the journal's store, and so does what is answered. Every type here is JSON.
 */
import type { CallIdentity } from './ids';
import type { JsonObject } from './json';
import type { ModelRequest } from './model';
import type { CallExtras, CallModelOutput, CallPlan, SpendLimits } from './step';
import type { FailureType } from '../errors/failure-types';
import type { FailureDetails } from '../errors/holdfast-error';

/** A question as it waits for its batch. */
export interface BatchQuestion {
  readonly id: CallIdentity;
  readonly journalKey: string;
  readonly tenant: string;
  readonly budget?: SpendLimits;
  /** Without the model: whichever endpoint of the pool takes the batch adds its own. */
  readonly request: Omit<ModelRequest, 'model'>;
  /** Workflow that is told when there is an answer. */
  readonly waiter: string;
}

/** Why a question has no answer. */
export interface BatchFailure {
  readonly type: FailureType;
  readonly message: string;
  readonly details: FailureDetails;
}

export interface AskBatchInput {
  readonly id: CallIdentity;
  readonly call: Omit<CallPlan, 'requestDigest'>;
  readonly tenant: string;
  readonly budget?: SpendLimits;
  readonly gatherMs: number;
  /** Known since the first asking. */
  readonly requestDigest?: string;
  /** On the first asking, and when the store has lost the question. */
  readonly variables?: JsonObject;
  readonly extras?: CallExtras;
}

export type AskBatchOutput =
  | { readonly kind: 'answered'; readonly output: CallModelOutput }
  /** It is in the queue, or in a batch at the provider. */
  | { readonly kind: 'queued' | 'sent'; readonly requestDigest: string }
  /** Nothing is known of it: ask with its variables. */
  | { readonly kind: 'unknown' };

/** Where the questions of one pool are gathered: the id of the workflow that does it. */
export interface BatchQueueRef {
  readonly queue: string;
  readonly pool: string;
}

/** One batch, from its forming to its end. */
export interface BatchRef extends BatchQueueRef {
  /** Begins every custom id of the batch, and is its metadata where the provider takes any. */
  readonly key: string;
}

export interface BatchInput extends BatchRef {
  /** Questions in it. */
  readonly count: number;
  /** Of a run that goes on with one before. */
  readonly polls?: number;
  readonly isAbandoned?: boolean;
}

export type TakeBatchOutput =
  | { readonly kind: 'taken'; readonly count: number }
  | { readonly kind: 'wait'; readonly inMs: number; readonly count: number }
  | { readonly kind: 'empty' };

export type SubmitBatchOutput =
  | { readonly kind: 'accepted'; readonly endpoint: string; readonly count: number }
  /** Nobody waits for it any more, or no endpoint takes it: everybody who waited was told. */
  | { readonly kind: 'over' };

export interface PollBatchOutput {
  readonly isOver: boolean;
  readonly done: number;
}

export type CollectBatchOutput =
  | { readonly kind: 'done'; readonly answered: number; readonly failed: number }
  /** It was not run, and is handed in again after a while. */
  | { readonly kind: 'again'; readonly inMs: number; readonly why: string };

export interface LeaveBatchInput extends BatchQueueRef {
  readonly id: CallIdentity;
  readonly requestDigest: string;
}

/** Whether it was taken out before it was sent; once sent, its answer is paid for. */
export interface LeaveBatchOutput {
  readonly wasSent: boolean;
}

/** Workflow id of the queue of a pool. */
export function batchQueueIdOf({ taskQueue, pool }: { readonly taskQueue: string; readonly pool: string }): string {
  return `holdfast-batch:${taskQueue}:${pool}`;
}

export function batchWorkflowIdOf({ queue, key }: Pick<BatchRef, 'queue' | 'key'>): string {
  return `${queue}/${key}`;
}
