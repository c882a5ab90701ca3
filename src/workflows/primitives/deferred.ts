/**
 * A step that is put off, and its answer. The workflow that goes on with it outlives its pipeline; it is cancelled with
 * the pipeline, as long as that is there.
 */
import {
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { ChildWorkflowHandle } from '@temporalio/workflow';
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { DeferredActivities } from '../../activities/deferred-activities';
import type { DeferredState } from '../../contracts/deferred';
import { tierWorkflowIdOf } from '../../contracts/ids';
import { tierWorkflowName } from '../../contracts/names';
import type { JsonValue } from '../../contracts/json';
import type { StepStatus } from '../../contracts/status';
import type { Deferral, DeferredStep, StepResult } from '../../contracts/step';
import { summaryLine } from '../../contracts/summary-line';
import { failureOf } from '../policy/failure-of';
import { currentRun } from './run-state';
import type { RunState } from './run-state';
import { completedStatus } from './step-result';
import { executionTimeoutOf, tierInputOf, tierSummary } from './tier-child';
import type { TierChild, TierWorkflow } from './tier-child';

const { readDeferred } = proxyActivities<DeferredActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** Pauses between two looks at a workflow that is not a child of this run, ms: a tenth of the time waited so far. */
const look = { leastMs: 5_000, mostMs: 300_000, share: 0.1 } as const;

interface PutOff {
  readonly handle?: ChildWorkflowHandle<TierWorkflow>;
  readonly report: (patch: Partial<StepStatus>) => void;
}

const putOffByRun = new WeakMap<RunState, Map<string, PutOff>>();

/** Goes on with the step in a workflow of its own, and answers at once. */
export async function putOff(child: TierChild, expectedMs: number): Promise<Deferral> {
  const { walk, tier } = child;
  const run = currentRun();
  const deferredFor = { pipeline: run.pipeline, workflowId: workflowInfo().workflowId };
  const input = { ...tierInputOf(child), deferredFor };
  // By the run key: a later run of the same id is another one, a run that continues this one, or resets it, is not.
  const workflowId = tierWorkflowIdOf(walk.runKey, { step: walk.step, occurrence: walk.occurrence, tier });
  const handle: ChildWorkflowHandle<TierWorkflow> | undefined = await startChild<TierWorkflow>(tierWorkflowName, {
    workflowId,
    args: [input],
    staticSummary: tierSummary(child),
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    // What was accepted is done, also when the pipeline has ended by then.
    parentClosePolicy: 'ABANDON',
    // One that runs, or has answered, is the one: a reset buys nothing twice. One that failed may be tried again.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    workflowExecutionTimeout: executionTimeoutOf(input),
  }).catch((error: unknown) => {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  });
  cancelWithUs(run, workflowId, handle);
  remember(run, workflowId, { report: walk.report, ...(handle && { handle }) });
  return { workflowId, expectedAt: new Date(Date.now() + Math.min(expectedMs, input.remainingMs)).toISOString() };
}

/**
 * A child is asked to end by the SDK; one that an earlier run of ours has started, before it was reset, by us. The server
 * drops a request whose sender has closed, so a run that is cancelled ends when it has been heard.
 */
function cancelWithUs(run: RunState, workflowId: string, handle?: ChildWorkflowHandle<TierWorkflow>): void {
  const cancelled = (): Promise<unknown> =>
    CancellationScope.nonCancellable<unknown>(() => handle?.result() ?? getExternalWorkflowHandle(workflowId).cancel());
  void CancellationScope.current().cancelRequested.catch(() => {
    // One that has ended needs no cancelling.
    run.beforeEnd.push(cancelled().catch(() => undefined));
  });
}

/**
 * Waits for the answer of a step that was put off, also in a run that continues the one that did, or in another pipeline.
 *
 * @throws ApplicationFailure with a type of the failure catalogue when the step has failed after all,
 *   `Pipeline.NotFound` when there is no such workflow (any more).
 */
export async function deferredAnswer<T = JsonValue>(deferred: DeferredStep | Deferral): Promise<StepResult<T>> {
  const { workflowId } = 'deferred' in deferred ? deferred.deferred : deferred;
  const known = putOffByRun.get(currentRun())?.get(workflowId);
  try {
    const result = (await (known?.handle?.result() ?? answerOf(workflowId))) as StepResult<T>;
    known?.report(completedStatus(result));
    return result;
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
    const { type, message, details } = failureOf(error);
    known?.report({ state: 'failed', failure: type });
    throw ApplicationFailure.create({ type, message, nonRetryable: true, details: [details], cause: error as Error });
  }
}

/** Of a workflow that is no child of this run. */
async function answerOf(workflowId: string): Promise<StepResult> {
  const beganAtMs = Date.now();
  for (;;) {
    const state = await readState(workflowId);
    if (state.kind === 'completed') return state.result;
    if (state.kind === 'failed') throw ApplicationFailure.nonRetryable(state.message, state.type);
    const pauseMs = Math.min(look.mostMs, Math.max(look.leastMs, (Date.now() - beganAtMs) * look.share));
    await sleep(pauseMs, { summary: summaryLine(`waiting for ${workflowId}`) });
  }
}

function readState(workflowId: string): Promise<DeferredState> {
  return readDeferred.executeWithOptions({ summary: summaryLine(`look at ${workflowId}`) }, [workflowId]);
}

function remember(run: RunState, workflowId: string, put: PutOff): void {
  const known = putOffByRun.get(run) ?? new Map<string, PutOff>();
  putOffByRun.set(run, known);
  known.set(workflowId, put);
}
