/**
 * The tier that goes on with a step while its caller does something else: an ordinary tier in the batch lane, with hours
 * of time, that tells how it ended.
 */
import { CancellationScope, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { CancelledFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { DeferredNotice } from '../../contracts/deferred';
import { noticeWorkflowName } from '../../contracts/names';
import { totalOf } from '../../contracts/step';
import type { DeferredTierPlan, StepResult, TierOutcome, TierWorkflowInput } from '../../contracts/step';
import { summaryLine } from '../../contracts/summary-line';
import { failureOf } from '../policy/failure-of';
import type { StepFailure } from '../policy/failure-of';
import { jsonCharactersOf } from '../policy/json-characters';
import { failStream } from '../primitives/fail-stream';
import { runModelTier } from './model-tier';
import type { ChildTier } from './child-tier';

/** Longer answers are fetched. */
const mostToldCharacters = 100_000;

export async function runDeferredTier(child: ChildTier): Promise<TierOutcome> {
  const { input } = child;
  // A caller that waits goes down the ladder itself, and needs no telling.
  if (input.deferredFor === undefined) return runModelTier(child);
  try {
    const result = resultOf(input, await runModelTier(child));
    await tell(input, completedNotice(input, result));
    return result;
  } catch (thrown) {
    // A call that fails while it is being cancelled says nothing about the step.
    const isCalledOff = CancellationScope.current().consideredCancelled;
    const error = isCalledOff ? new CancelledFailure(`${child.run.step} was called off`) : thrown;
    // Whoever was told "later" is told that there will be no answer, also when it was called off.
    await CancellationScope.nonCancellable(() => giveUp(child, failureOf(error)));
    throw error;
  }
}

async function giveUp({ input, run }: ChildTier, failure: StepFailure): Promise<void> {
  await failStream(run, failure);
  await tell(input, failedNotice(input, failure));
}

/** The earlier tiers are in what the caller was given. */
function resultOf({ plan, tier, reason }: TierWorkflowInput, outcome: TierOutcome): StepResult {
  return {
    value: outcome.value,
    servedBy: outcome.attempts.at(-1)?.endpoint ?? '',
    model: outcome.model,
    tier,
    degraded: reason !== '',
    ...(reason && { reason }),
    attempts: outcome.attempts,
    ...totalOf(outcome.attempts),
    promptVersion: plan.prompt,
  };
}

function noticeOf({ plan, occurrence, deferredFor }: TierWorkflowInput): Omit<DeferredNotice, 'event'> {
  return {
    workflowId: workflowInfo().workflowId,
    pipeline: deferredFor?.pipeline ?? '',
    run: deferredFor?.workflowId ?? '',
    step: plan.step,
    occurrence,
    at: new Date().toISOString(),
  };
}

function completedNotice(input: TierWorkflowInput, { value, servedBy, costUsd }: StepResult): DeferredNotice {
  const isShort = jsonCharactersOf(value) <= mostToldCharacters;
  return { event: 'deferred.completed', ...noticeOf(input), ...(isShort && { value }), servedBy, costUsd };
}

function failedNotice(input: TierWorkflowInput, { type, message }: StepFailure): DeferredNotice {
  return { event: 'deferred.failed', ...noticeOf(input), failure: { type, message } };
}

/** Starts what tells each channel, and does not wait for it. */
async function tell({ plan, tier }: TierWorkflowInput, notice: DeferredNotice): Promise<void> {
  for (const channel of (plan.tiers[tier] as DeferredTierPlan).tell ?? []) {
    await startChild(noticeWorkflowName, {
      // A reset, or another try after a failure, finds what was told already: every end is told once.
      workflowId: `${notice.workflowId}/${notice.event}/${channel}`,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args: [{ channel, notice }],
      staticSummary: summaryLine(`${notice.event} by ${channel}: ${notice.step}`),
    }).catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    });
  }
}
