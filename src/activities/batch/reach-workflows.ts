/** The workflows of the batch tier, reached from its activities through the worker's own connection. */
import { Context, activityInfo, log } from '@temporalio/activity';
import {
  batchAbandonedSignalName,
  batchQueueWorkflowName,
  batchRingSignalName,
  batchSettledSignalName,
  batchWorkflowName,
} from '../../contracts/names';
import { batchWorkflowIdOf } from '../../contracts/batch';
import type { BatchInput, BatchQueueRef, BatchRef } from '../../contracts/batch';
import { summaryLine } from '../../contracts/summary-line';

/** Signals sent side by side. */
const tellAtOnce = 16;

/** Makes the queue look at what it holds; starts it when nobody gathers for the pool. */
export async function ringQueue({ queue, pool }: BatchQueueRef): Promise<void> {
  await workflows().signalWithStart(batchQueueWorkflowName, {
    workflowId: queue,
    taskQueue: activityInfo().taskQueue,
    args: [{ queue, pool }],
    signal: batchRingSignalName,
    signalArgs: [],
    staticSummary: summaryLine(`gathers batches of pool ${pool}`),
  });
}

/** Starts the workflow that sees a batch through, unless it is at it: somebody may have terminated it. */
export async function resumeBatch(input: BatchInput): Promise<void> {
  await workflows().start(batchWorkflowName, {
    workflowId: batchWorkflowIdOf(input),
    taskQueue: activityInfo().taskQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
    staticSummary: summaryLine(`batch of ${input.count} of pool ${input.pool}`),
  });
}

export async function abandonBatch(ref: Pick<BatchRef, 'queue' | 'key'>): Promise<void> {
  await signal(batchWorkflowIdOf(ref), batchAbandonedSignalName);
}

/** Who is not told asks by itself, later: a signal that does not arrive costs time and nothing else. */
export async function tellWaiters(waiters: readonly string[]): Promise<void> {
  const left = [...new Set(waiters)];
  const tellSome = async (): Promise<void> => {
    for (let waiter = left.pop(); waiter !== undefined; waiter = left.pop()) {
      await signal(waiter, batchSettledSignalName);
    }
  };
  await Promise.all(Array.from({ length: tellAtOnce }, tellSome));
}

async function signal(workflowId: string, name: string): Promise<void> {
  await workflows()
    .getHandle(workflowId)
    .signal(name)
    .catch((error: unknown) => {
      // Over: cancelled, terminated, or answered in another way.
      if (error instanceof Error && error.name === 'WorkflowNotFoundError') return;
      log.warn('a workflow could not be told of its batch', { workflowId, signal: name, error: String(error) });
    });
}

function workflows(): Context['client']['workflow'] {
  return Context.current().client.workflow;
}
