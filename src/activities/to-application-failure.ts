/** Turns our typed errors into Temporal's, the only place where that happens. */
import { ApplicationFailure } from '@temporalio/common';
import { totalOf } from '../contracts/step';
import type { Attempt } from '../contracts/step';
import { policyOf } from '../errors/failure-types';
import { HoldfastError } from '../errors/holdfast-error';

/** Details larger than this are cut by us, before the server cuts the whole failure at 4 KB. */
const maxDetailsCharacters = 3_000;

export interface FailureExtras {
  /** Final although the class could be retried: the attempts or the time are used up. */
  readonly final?: boolean;
  readonly nextRetryDelayMs?: number;
}

export function applicationFailureOf(error: HoldfastError, extras: FailureExtras = {}): ApplicationFailure {
  const retryable = policyOf(error.type).retry && extras.final !== true;
  return ApplicationFailure.create({
    type: error.type,
    message: error.message,
    nonRetryable: !retryable,
    details: [boundedDetails(error)],
    // Provider trouble is daily business: it is handled by the ladder and must not page anybody as a worker error.
    ...(error.type === 'Llm.Internal' ? {} : { category: 'BENIGN' as const }),
    ...(retryable && extras.nextRetryDelayMs !== undefined ? { nextRetryDelay: extras.nextRetryDelayMs } : {}),
  });
}

/** Runs `work`; our typed errors come out as ApplicationFailure, everything else as it is. */
export async function toApplicationFailure<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HoldfastError) throw applicationFailureOf(error);
    throw error;
  }
}

const mostAttempts = 8;

function withoutOldest(attempts: readonly Attempt[]): readonly Attempt[] {
  const oldest = attempts.slice(0, -mostAttempts);
  const [first] = oldest;
  if (first === undefined) return attempts;
  const sum: Attempt = { ...first, outcome: `${oldest.length} earlier attempts`, ...totalOf(oldest) };
  return [sum, ...attempts.slice(-mostAttempts)];
}

function boundedDetails(error: HoldfastError): unknown {
  const { attempts, ...rest } = error.details;
  const text = JSON.stringify(error.details);
  if (text.length <= maxDetailsCharacters) return error.details;
  // The list of attempts is what grows; the last ones tell most, and of the others what they have cost must not be lost.
  return { ...rest, attempts: Array.isArray(attempts) ? withoutOldest(attempts as Attempt[]) : undefined };
}
