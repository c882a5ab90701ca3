import { getClient } from '@temporalio/activity';
import { ApplicationFailure, TimeoutFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { DeferredState } from '../contracts/deferred';
import type { StepResult } from '../contracts/step';
import { isFailureType } from '../errors/failure-types';
import { rootOf } from '../errors/root-of';

/** How far the workflow of a deferred step is. */
export async function readDeferred(workflowId: string): Promise<DeferredState> {
  const handle = getClient().workflow.getHandle(workflowId);
  try {
    const { status } = await handle.describe();
    if (status.name === 'RUNNING') return { kind: 'running' };
    return { kind: 'completed', result: (await handle.result()) as StepResult };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      const message = `there is no workflow ${workflowId} (any more)`;
      return { kind: 'failed', type: 'Pipeline.NotFound', message };
    }
    // The client's error is known by its name: activities use no client of their own.
    if (!(error instanceof Error) || error.name !== 'WorkflowFailedError') throw error;
    return { kind: 'failed', ...endOf(error) };
  }
}

function endOf({ cause: failure, message }: Error): { readonly type: string; readonly message: string } {
  const cause = rootOf(failure);
  const told = cause instanceof Error ? cause.message : message;
  if (cause instanceof ApplicationFailure && isFailureType(cause.type)) return { type: cause.type, message: told };
  return { type: cause instanceof TimeoutFailure ? 'Llm.Timeout' : 'Llm.Cancelled', message: told };
}
