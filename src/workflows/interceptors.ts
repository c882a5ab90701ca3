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
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import type { Headers } from '@temporalio/common';
import { chainHeader, chunkWorkflowName, tierWorkflowName } from '../contracts/names';
import type { ChunkInput } from '../contracts/each';
import type { ChainMemory } from '../contracts/status';
import { HoldfastError } from '../errors/holdfast-error';
import { handleMessages } from './messages';
import { handleOperations } from './primitives/parked';
import { beginRun, currentRun, endRun } from './primitives/run-state';
import { readableSignals } from './readable-signals';
import { inboundSizeGate, outboundSizeGate } from './size-gate';

export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      async execute(input, next) {
        // A tier child is a part of a step: its pipeline holds the state.
        const { workflowType } = workflowInfo();
        if (workflowType === tierWorkflowName) return next(input);
        // A chunk makes steps of the run that started it, and has a state of its own for what it shows.
        const part = workflowType === chunkWorkflowName ? (input.args[0] as ChunkInput).part : undefined;
        const run = beginRun(memoryOf(input.headers), part);
        handleMessages(run);
        handleOperations(run);
        try {
          const result = await next(input);
          run.state = 'completed';
          return result;
        } catch (error) {
          if (!(error instanceof ContinueAsNew)) run.state = isCancellation(error) ? 'cancelled' : 'failed';
          throw failureFor(error);
        } finally {
          run.show();
          // Also when the run was cancelled: a handler that has begun still answers its caller.
          await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
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
        const memory = defaultPayloadConverter.toPayload(currentRun().memory());
        return next({ ...input, headers: { ...input.headers, [chainHeader]: memory } });
      },
    },
    outboundSizeGate,
  ],
});

function memoryOf(headers: Headers): ChainMemory | undefined {
  const memory = headers[chainHeader];
  return memory && defaultPayloadConverter.fromPayload<ChainMemory>(memory);
}

/** A typed error of ours ends the run; anything else that is not Temporal's own stays a defect to be fixed and retried. */
function failureFor(error: unknown): unknown {
  if (!(error instanceof HoldfastError)) return error;
  return ApplicationFailure.nonRetryable(error.message, error.type, error.details);
}
