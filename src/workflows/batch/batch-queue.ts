/**
 * Gathers the questions of one pool into batches. What is queued stands in the journal's store, so there is nothing in
 * this workflow to be lost: it looks when it is rung, sleeps until the first question is due, makes a batch of all that
 * are there, gives each batch a workflow of its own, and ends when the queue is empty. The next question starts it anew.
 */
import {
  ParentClosePolicy,
  condition,
  continueAsNew,
  defineSignal,
  scheduleActivity,
  setCurrentDetails,
  setHandler,
  startChild,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { batchWorkflowIdOf } from '../../contracts/batch';
import type { BatchInput, BatchQueueRef, TakeBatchOutput } from '../../contracts/batch';
import { activityNames, batchRingSignalName, batchWorkflowName } from '../../contracts/names';
import { summaryLine } from '../../contracts/summary-line';
import { secondsText } from '../policy/remaining';

const ring = defineSignal(batchRingSignalName);

export async function holdfastBatchQueue(ref: BatchQueueRef): Promise<void> {
  const bell = { isRung: false };
  setHandler(ring, () => void (bell.isRung = true));
  for (;;) {
    // What comes after the look rings again, so nothing is missed by it.
    bell.isRung = false;
    const input = { ...ref, key: newKey() };
    const taken = await take(input);
    if (taken.kind === 'taken') {
      await startBatch({ ...input, count: taken.count });
    } else if (taken.kind === 'wait') {
      const waiting = `${taken.count} questions for pool ${ref.pool}, the batch goes out in ${secondsText(taken.inMs)}`;
      setCurrentDetails(waiting);
      await condition(() => bell.isRung, taken.inMs, { summary: summaryLine(waiting) });
    } else if (!isRungAgain(bell)) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof holdfastBatchQueue>(ref);
  }
}

/** The signal comes while other things are waited for, which the compiler does not see. */
function isRungAgain({ isRung }: { readonly isRung: boolean }): boolean {
  return isRung;
}

/** 16 characters of a custom id. */
function newKey(): string {
  return uuid4().replaceAll('-', '').slice(0, 16);
}

function take(input: Pick<BatchInput, 'queue' | 'key'>): Promise<TakeBatchOutput> {
  const { queue, key } = input;
  return scheduleActivity<TakeBatchOutput>(activityNames.takeBatch, [{ queue, key }], {
    startToCloseTimeout: 10_000,
    retry: { initialInterval: 1_000, maximumInterval: 30_000 },
    summary: summaryLine('take the questions that are due'),
  });
}

async function startBatch(input: BatchInput): Promise<void> {
  await startChild(batchWorkflowName, {
    workflowId: batchWorkflowIdOf(input),
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: summaryLine(`batch of ${input.count} of pool ${input.pool}`),
  });
}
