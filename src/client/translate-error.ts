/** Turns Temporal's client errors into the catalogue's: one line that says what happened and what to do. */
import {
  ServiceError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  QueryNotRegisteredError,
} from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowNotFoundError,
} from '@temporalio/common';
import { overloadIn } from '../contracts/overload';
import { isFailureType } from '../errors/failure-types';
import { HoldfastError } from '../errors/holdfast-error';
import { rootOf } from '../errors/root-of';

interface Subject {
  readonly workflowId: string;
}

export async function translated<T>(subject: Subject, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateError(subject, error);
  }
}

function translateError({ workflowId }: Subject, error: unknown): unknown {
  const options = { cause: error };
  if (error instanceof HoldfastError) return error;
  // The payload store and the codec throw ours; the SDK wraps what fails before a request is sent.
  if (error instanceof ServiceError && error.cause instanceof HoldfastError) return error.cause;
  if (error instanceof WorkflowNotFoundError) {
    return new HoldfastError(
      'Pipeline.NotFound',
      `there is no open run ${workflowId}; it has ended, or the id is wrong`,
      { workflowId },
      options,
    );
  }
  if (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    isFailureType(error.cause.type)
  ) {
    return new HoldfastError(error.cause.type, error.cause.message, { workflowId }, options);
  }
  if (error instanceof WorkflowFailedError) return failedRun(workflowId, error);
  if (error instanceof QueryNotRegisteredError) {
    return new HoldfastError(
      'Pipeline.NotFound',
      `${workflowId} does not answer status: it is not a Holdfast pipeline`,
      { workflowId },
      options,
    );
  }
  const isDecision = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
  if (isDecision || isGrpc(error, grpcCodes.deadlineExceeded)) {
    // The server may have handed the decision over all the same.
    const told = isDecision ? '; ask for its status before you decide again' : '';
    return new HoldfastError(
      'Service.Unreachable',
      `no worker answers for ${workflowId}; is one running on its task queue ("holdfast worker")?${told}`,
      { workflowId },
      options,
    );
  }
  if (isGrpc(error, grpcCodes.unavailable)) {
    return new HoldfastError(
      'Service.Unreachable',
      'Temporal does not answer; the run is not lost, try again',
      { workflowId },
      options,
    );
  }
  return error;
}

function failedRun(workflowId: string, error: WorkflowFailedError): HoldfastError {
  const cause = rootOf(error.cause);
  const failure = cause instanceof ApplicationFailure ? (cause.type ?? 'Error') : kindOf(cause);
  const told = cause instanceof Error ? cause.message : 'no reason given';
  const details: unknown = failure === 'Capacity.Overloaded' ? (cause as ApplicationFailure).details?.[0] : undefined;
  return new HoldfastError(
    'Pipeline.Failed',
    `${workflowId} failed: ${failure}: ${told}`,
    { workflowId, failure, ...overloadIn(details) },
    { cause: error },
  );
}

function kindOf(cause: unknown): string {
  if (cause instanceof CancelledFailure) return 'Cancelled';
  if (cause instanceof TerminatedFailure) return 'Terminated';
  return cause instanceof TimeoutFailure ? 'TimedOut' : 'Error';
}

export const grpcCodes = { invalidArgument: 3, deadlineExceeded: 4, unavailable: 14 } as const;

export function isGrpc(error: unknown, code: number): boolean {
  if (!(error instanceof ServiceError)) return false;
  return (error.cause as { code?: unknown } | undefined)?.code === code;
}
