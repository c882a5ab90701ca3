/**
 * Gives every pipeline its state, its handlers and typed failures before its first line runs,
 * so that a pipeline is nothing but its own business code.
 */
import {
  CancellationScope,
  ContinueAsNew,
  allHandlersFinished,
  condition,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { ContinueAsNewOptions, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import type { Headers } from '@temporalio/common';
import {
  batchQueueWorkflowName,
  batchWorkflowName,
  chainHeader,
  chunkWorkflowName,
  noticeWorkflowName,
  tierWorkflowName,
} from '../contracts/names';
import type { ChunkInput, RunPart } from '../contracts/each';
import { runKeyOf } from '../contracts/ids';
import type { ChainMemory } from '../contracts/status';
import type { TierWorkflowInput } from '../contracts/step';
import { HoldfastError } from '../errors/holdfast-error';
import { handleMessages } from './messages';
import { handleOperations } from './primitives/parked';
import { beginRun, endRun, stateOfRun } from './primitives/run-state';
import { readableSignals } from './readable-signals';
import { searchableParts } from './searchable-parts';
import { handleSettled } from './settled';
import { inboundSizeGate, outboundSizeGate } from './size-gate';

export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      async execute(input, next) {
        const part = partOf(input.args);
        if (part === 'stateless') return next(input);
        const run = beginRun(memoryOf(input.headers), part);
        handleMessages(run);
        handleOperations(run);
        handleSettled(run);
        try {
          const result = await next(input);
          run.state = 'completed';
          return result;
        } catch (error) {
          if (!(error instanceof ContinueAsNew)) run.state = isCancellation(error) ? 'cancelled' : 'failed';
          throw failureFor(error);
        } finally {
          run.isOver = true;
          run.show(true);
          // Also when the run was cancelled: a handler that has begun still answers its caller.
          await CancellationScope.nonCancellable(async () => {
            await Promise.all(run.beforeEnd);
            await condition(allHandlersFinished);
          });
          endRun();
        }
      },
    },
    inboundSizeGate,
  ],
  internals: [readableSignals],
  outbound: [
    {
      continueAsNew(input, next) {
        const run = stateOfRun();
        const memory = run && defaultPayloadConverter.toPayload(run.memory());
        const headers = { ...input.headers, ...(memory && { [chainHeader]: memory }) };
        return next({ ...input, headers, options: { ...upgrading(), ...input.options } });
      },
    },
    searchableParts,
    outboundSizeGate,
  ],
});

/** What belongs to no run: it has nothing to tell of itself. */
const stateless: readonly string[] = [noticeWorkflowName, batchQueueWorkflowName, batchWorkflowName];

/** The part of another run that this workflow is; undefined for a pipeline. */
function partOf([input]: readonly unknown[]): RunPart | 'stateless' | undefined {
  const { workflowType, workflowId, firstExecutionRunId } = workflowInfo();
  if (stateless.includes(workflowType)) return 'stateless';
  // A chunk makes steps of the run that started it, and has a state of its own for what it shows.
  if (workflowType === chunkWorkflowName) return (input as ChunkInput).part;
  if (workflowType !== tierWorkflowName) return undefined;
  // A tier child is a part of a step: its pipeline holds the state. One that asks a person is asked for its own.
  const { plan, tier, tenant } = input as TierWorkflowInput;
  const planned = plan.tiers[tier];
  if (planned === undefined || !('human' in planned)) return 'stateless';
  return { runKey: runKeyOf(workflowId, firstExecutionRunId), tenant, plans: [] };
}

/**
 * A run that is pinned to the version of its worker begins its next part on the current one: a new history is where other
 * code can take over. Without versions there is nothing to say.
 */
function upgrading(): Pick<ContinueAsNewOptions, 'initialVersioningBehavior'> {
  return workflowInfo().currentDeploymentVersion === undefined ? {} : { initialVersioningBehavior: 'AUTO_UPGRADE' };
}

function memoryOf(headers: Headers): ChainMemory | undefined {
  const memory = headers[chainHeader];
  return memory && defaultPayloadConverter.fromPayload<ChainMemory>(memory);
}

/** A typed error of ours ends the run; anything else that is not Temporal's own stays a defect to be fixed and retried. */
function failureFor(error: unknown): unknown {
  if (!(error instanceof HoldfastError)) return error;
  return ApplicationFailure.nonRetryable(error.message, error.type, error.details);
}
