/**
 * Questions on their way through a provider's batch: what is asked, where each of them is, what is known of each batch.
 * Kept with the journal, for what is bought by it must not be bought again.
 */
import type { BatchFailure, BatchQuestion } from '../contracts/batch';

/** What was told to a provider, and what it said. Written before and after each sending. */
export interface BatchRecord {
  /** `formed`: nobody was asked yet, or all who were refused it. `sending`: it may have been taken on. `over`: all
   * is kept, and everybody told. */
  readonly state: 'formed' | 'sending' | 'accepted' | 'over';
  readonly endpoint?: string;
  /** Unix ms, of the last sending. */
  readonly sentAtMs?: number;
  readonly providerId?: string;
  /** False: taken for ours by its size and time, to be proven by its results. */
  readonly isCertain?: boolean;
  /** The provider's batches that are not this one: others', or refused after they had been taken on. */
  readonly not: readonly string[];
  /** Endpoints that have refused it. */
  readonly refusedBy: readonly string[];
  /** How often it was to be handed in again. */
  readonly again: number;
}

export interface BatchLimits {
  readonly questions: number;
  readonly bytes: number;
}

export type QuestionPlace =
  | { readonly kind: 'batch'; readonly batch: string }
  /** `isFirst`: nobody is due before it. `count`: questions in the queue. */
  | { readonly kind: 'queued'; readonly isFirst: boolean; readonly count: number };

export type Taken =
  | { readonly kind: 'taken'; readonly count: number }
  | { readonly kind: 'wait'; readonly inMs: number; readonly count: number }
  | { readonly kind: 'empty' };

export type Left =
  | { readonly kind: 'removed' }
  | { readonly kind: 'left'; readonly batch: string; readonly isAll: boolean }
  | { readonly kind: 'unknown' };

/** All may be repeated without harm. Throws as the journal does. */
export interface BatchBoard {
  putQuestion(key: string, question: BatchQuestion): Promise<void>;
  question(key: string): Promise<BatchQuestion | undefined>;
  dropQuestion(key: string): Promise<void>;
  enqueue(queue: string, question: { key: string; bytes: number; dueInMs: number }): Promise<QuestionPlace>;
  leave(queue: string, key: string): Promise<Left>;
  /** Makes a batch of the questions that are due, or of a full load before. */
  take(queue: string, batch: string, limits: BatchLimits): Promise<Taken>;
  /** In the order they are sent. */
  keysOf(queue: string, batch: string): Promise<readonly string[]>;
  /** Those that somebody still waits for. */
  waitedFor(queue: string, batch: string): Promise<ReadonlySet<string>>;
  /** Takes questions out of a batch that is not at the provider. */
  exclude(queue: string, batch: string, keys: readonly string[]): Promise<void>;
  record(queue: string, batch: string): Promise<BatchRecord>;
  putRecord(queue: string, batch: string, record: BatchRecord): Promise<void>;
  /** The batch is over: its questions are in no batch any more. */
  close(queue: string, batch: string): Promise<void>;
  failure(key: string): Promise<BatchFailure | undefined>;
  putFailure(key: string, failure: BatchFailure): Promise<void>;
  clearFailure(key: string): Promise<void>;
  /** Batches of an endpoint that are known to be ours. */
  ownIds(endpoint: string): Promise<ReadonlySet<string>>;
  addOwnId(endpoint: string, id: string): Promise<void>;
}
