import { ApplicationFailure } from '@temporalio/common';
import type { ThresholdInput } from '../../contracts/approval';

const longestName = 256;

/** Throws `Approval.Malformed`. */
export function readThreshold(value: unknown): ThresholdInput {
  const problem = problemOf(value);
  if (problem !== undefined) throw ApplicationFailure.nonRetryable(`threshold: ${problem}`, 'Approval.Malformed');
  return value as ThresholdInput;
}

/** Whether an answer has to be looked at. A confidence that is no number from 0 to 1 says nothing: it has. */
export function isUnsure(confidence: number, below: number): boolean {
  return !(confidence >= below && confidence <= 1);
}

function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'expected an object';
  const { review, below, by } = value as Record<string, unknown>;
  if (!isName(review)) return 'review: expected the name of the review';
  if (typeof below !== 'number' || !(below >= 0 && below <= 1)) return 'below: expected a number from 0 to 1';
  return isName(by) ? undefined : 'by: expected who changes it';
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= longestName;
}
