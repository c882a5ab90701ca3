import { ApplicationFailure } from '@temporalio/common';
import type { Decision } from '../../contracts/approval';
import { isUnsure } from '../policy/approval-threshold';
import { approval } from './approval';
import { deskOf } from './approval-desk';
import type { ApprovalOptions } from './approval-options';
import { currentRun } from './run-state';

export interface ReviewOptions<T> extends Omit<ApprovalOptions<T>, 'show'> {
  /**
   * How sure the answer is, 0 to 1: a field of the answer, or what a judge says, i.e. a `step` that is shown the answer.
   * What is no such number counts as unsure.
   */
  readonly confidence: (value: T) => number | Promise<number>;
  /** Answers of less confidence are shown to a person. `setThreshold` changes it while the run is going on. */
  readonly below: number;
  /** Where the same review may wait for several things at once: which one. The question is then called `<name>:<item>`. */
  readonly item?: string;
}

export interface Reviewed<T> {
  /** The answer, or what a person made of it. */
  readonly value: T;
  readonly confidence: number;
  /** What it was measured against. */
  readonly below: number;
  /** What a person said; absent when none was asked. A rejected or expired one has the answer as it was in `value`. */
  readonly decision?: Decision<T>;
}

/**
 * Lets a sure answer pass, and asks a person about an unsure one: an `approval` of this name, with approve, reject and
 * edit unless `allow` says otherwise. The threshold is that of the name, for all its items.
 *
 * Throws `Approval.Malformed` for a `below` that is no number from 0 to 1, and what `approval` throws.
 */
export async function reviewIfUnsure<T>(name: string, value: T, options: ReviewOptions<T>): Promise<Reviewed<T>> {
  const { confidence: readConfidence, below: otherwise, item, ...asked } = options;
  if (!(otherwise >= 0 && otherwise <= 1)) {
    const told = `review "${name}": below: expected a number from 0 to 1, received ${otherwise}`;
    throw ApplicationFailure.nonRetryable(told, 'Approval.Malformed');
  }
  const confidence = await readConfidence(value);
  const below = deskOf(currentRun()).thresholdOf(name, { otherwise });
  if (!isUnsure(confidence, below)) return { value, confidence, below };
  const question = item === undefined ? name : `${name}:${item}`;
  const decision = await approval<T>(question, { allow: ['approve', 'reject', 'edit'], ...asked, show: value });
  return { value: decision.content, confidence, below, decision };
}
