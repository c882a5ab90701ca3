import { ActivityFailure, ChildWorkflowFailure } from '@temporalio/common';

/** The reason inside Temporal's wrappers: a pipeline's failure may wrap a child's, which wraps its activity's. */
export function rootOf(error: unknown): unknown {
  const isWrapper = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  return isWrapper && error.cause !== undefined ? rootOf(error.cause) : error;
}
