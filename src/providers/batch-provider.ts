/**
 * What a provider with a batch interface offers: many requests handed in at once, answered within a day at half the
 * price and beside the limits of calls.
 */
import type { ModelAnswer, ModelRequest } from '../contracts/model';

export interface BatchRequest {
  /** `[a-zA-Z0-9_-]{1,64}`, unique in its batch: Anthropic takes no others. */
  readonly customId: string;
  readonly request: ModelRequest;
}

/** Who asks, for how long. */
export interface BatchContext {
  /** Sent as `X-Client-Request-Id`. */
  readonly callId: string;
  readonly signal: AbortSignal;
}

export interface BatchSubmission {
  /** Ours, for ever that of this batch: it begins each custom id, and stands in the metadata where there are any. */
  readonly key: string;
  /** All of one model; at most 50,000 and 200 MB as JSON (OpenAI's limits, the lower ones). */
  readonly requests: readonly BatchRequest[];
}

/** A submission whose answer nobody has seen. */
export interface LostSubmission {
  readonly key: string;
  readonly count: number;
  /** When it was sent, Unix ms by our clock. */
  readonly sentAtMs: number;
}

export interface FoundBatch {
  readonly id: string;
  /** False: its time and its size fit, but whose it is only its results will say. */
  readonly isCertain: boolean;
}

export interface BatchProblem {
  readonly code: string;
  /** Of the requests in their order, 0 first; absent = of the whole batch. */
  readonly index?: number;
}

export interface BatchReading {
  readonly id: string;
  /** Absent while it goes on. `failed`: refused when it was checked; nothing was run and nothing is charged. */
  readonly end?: 'completed' | 'failed' | 'expired' | 'cancelled';
  readonly total: number;
  /** Answered or failed so far, where the provider tells before the end. */
  readonly done: number;
  /** Of a failed batch. */
  readonly problems: readonly BatchProblem[];
  /** Where its results stand, the provider's way. */
  readonly files: readonly string[];
}

/** One line of the results, not understood yet. */
export interface BatchLine {
  /** Undefined: the line does not even say whose it is. */
  readonly customId: string | undefined;
  readonly value: unknown;
  readonly isTooLong: boolean;
}

/** All of them make single requests without any retry, and throw as `Provider.call` does. */
export interface BatchProvider {
  submit(submission: BatchSubmission, context: BatchContext): Promise<{ readonly id: string }>;
  /** Looks among the recent batches for one that was taken on although we were not told. */
  find(lost: LostSubmission, context: BatchContext): Promise<readonly FoundBatch[]>;
  read(id: string, context: BatchContext): Promise<BatchReading>;
  /** The results as they come, one line in memory at a time, in no order. Only of a batch that has ended. */
  results(batch: BatchReading, context: BatchContext): AsyncIterable<BatchLine>;
  /** What a line says: the answer, or the failure of this one request, thrown. */
  answerOf(line: BatchLine, request: ModelRequest): ModelAnswer;
  /** What is done by then stays paid for. Does nothing to a batch that has ended. */
  cancel(id: string, context: BatchContext): Promise<void>;
  /** Takes away what the provider keeps of it, once its results are ours. */
  discard(batch: BatchReading, context: BatchContext): Promise<void>;
}
