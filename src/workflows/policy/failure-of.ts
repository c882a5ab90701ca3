/** Reads the catalogue type out of whatever an activity or a child workflow threw. */
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { isFailureType } from '../../errors/failure-types';
import type { FailureType } from '../../errors/failure-types';
import type { FailureDetails } from '../../errors/holdfast-error';
import { rootOf } from '../../errors/root-of';

export interface StepFailure {
  readonly type: FailureType;
  readonly message: string;
  readonly details: FailureDetails;
}

/** `Llm.Internal` for anything that is not in the catalogue: a defect, so no other tier is tried. */
export function failureOf(error: unknown): StepFailure {
  const cause = rootOf(error);
  if (cause instanceof ApplicationFailure && isFailureType(cause.type)) {
    return { type: cause.type, message: cause.message, details: (cause.details?.[0] ?? {}) as FailureDetails };
  }
  if (cause instanceof TimeoutFailure) {
    const timer = cause.timeoutType ?? 'unknown';
    // Schedule-to-close is the step's own time; the others mean that the worker or the call went silent.
    const type = timer === 'SCHEDULE_TO_CLOSE' || timer === 'SCHEDULE_TO_START' ? 'Capacity.Timeout' : 'Llm.Timeout';
    return { type, message: `the call timed out (${timer})`, details: { timer } };
  }
  if (cause instanceof CancelledFailure || cause instanceof TerminatedFailure) {
    return { type: 'Llm.Cancelled', message: cause.message, details: {} };
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return { type: 'Llm.Internal', message, details: {} };
}
