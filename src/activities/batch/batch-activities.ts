/** The activities of the batch tier, as a worker registers them. */
import type {
  AskBatchInput,
  AskBatchOutput,
  BatchFailure,
  BatchRef,
  CollectBatchOutput,
  LeaveBatchInput,
  LeaveBatchOutput,
  PollBatchOutput,
  SubmitBatchOutput,
  TakeBatchOutput,
} from '../../contracts/batch';
import { keepAlive } from '../keep-alive';
import { toApplicationFailure } from '../to-application-failure';
import { askBatch, leaveBatch } from './ask-batch';
import { batchLimits } from './batch-dependencies';
import type { BatchDependencies } from './batch-dependencies';
import { collectBatch } from './collect-batch';
import { cancelBatch, failBatch, pollBatch } from './poll-batch';
import { submitBatch } from './submit-batch';

export interface BatchActivities {
  askBatch(input: AskBatchInput): Promise<AskBatchOutput>;
  leaveBatch(input: LeaveBatchInput): Promise<LeaveBatchOutput>;
  /** Forms a batch of the questions that are due. */
  takeBatch(ref: Pick<BatchRef, 'queue' | 'key'>): Promise<TakeBatchOutput>;
  submitBatch(ref: BatchRef): Promise<SubmitBatchOutput>;
  pollBatch(ref: BatchRef): Promise<PollBatchOutput>;
  cancelBatch(ref: BatchRef): Promise<void>;
  collectBatch(ref: BatchRef): Promise<CollectBatchOutput>;
  failBatch(ref: BatchRef, failure: BatchFailure): Promise<void>;
}

export function createBatchActivities(deps: BatchDependencies): BatchActivities {
  return {
    askBatch: (input) => toApplicationFailure(() => askBatch(deps, input)),
    leaveBatch: (input) => toApplicationFailure(() => leaveBatch(deps, input)),
    takeBatch: ({ queue, key }) => toApplicationFailure(() => deps.board.take(queue, key, batchLimits)),
    submitBatch: (ref) => alive(() => submitBatch(deps, ref)),
    pollBatch: (ref) => toApplicationFailure(() => pollBatch(deps, ref)),
    cancelBatch: (ref) => toApplicationFailure(() => cancelBatch(deps, ref)),
    collectBatch: (ref) => alive(() => collectBatch(deps, ref)),
    failBatch: (ref, failure) => alive(() => failBatch(deps, ref, failure)),
  };
}

/** Those that may take minutes heartbeat, so that the death of their worker is noticed within seconds. */
async function alive<T>(work: () => Promise<T>): Promise<T> {
  const stop = keepAlive();
  try {
    return await toApplicationFailure(work);
  } finally {
    stop();
  }
}
