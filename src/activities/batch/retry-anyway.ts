import { ApplicationFailure } from '@temporalio/common';
import type { HoldfastError } from '../../errors/holdfast-error';

/**
 * A batch that is at the provider is paid for, so nothing that may pass is a reason to give it up: not even a key that
 * is refused today. Visible as a pending attempt with its cause.
 */
export function retryAnyway({ type, message, details }: HoldfastError, nextRetryDelay: number): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    details: [details],
    nonRetryable: false,
    category: 'BENIGN',
    nextRetryDelay: Math.max(1_000, nextRetryDelay),
  });
}
