/** What an item that failed tells, and what is no failure of an item at all. */
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import type { ItemFailure } from '../../contracts/each';
import type { FailureDetails } from '../../errors/holdfast-error';
import { HoldfastError } from '../../errors/holdfast-error';
import { rootOf } from '../../errors/root-of';
import { failureOf } from './failure-of';

/**
 * Undefined for a defect: as everywhere in a workflow, an error that is none of Temporal's failures stops the run until
 * the code is mended. Tolerated, it would turn every item into a failed one.
 */
export function itemFailureOf(error: unknown): ItemFailure | undefined {
  if (error instanceof HoldfastError) {
    return { type: error.type, message: error.message, details: error.details };
  }
  if (!(error instanceof TemporalFailure)) return undefined;
  const cause = rootOf(error);
  if (cause instanceof ApplicationFailure && typeof cause.type === 'string') {
    const details = cause.details?.[0] as FailureDetails | undefined;
    return { type: cause.type, message: cause.message, ...(details != null && { details }) };
  }
  const { type, message } = failureOf(cause);
  return { type, message };
}

/** An item's failure as its caller would have met it. */
export function thrownOf({ type, message, details }: ItemFailure): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [details ?? {}] });
}
