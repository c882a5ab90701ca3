/**
 * When a step does not wait for an open breaker. What could start first is behind it, so the pool is as down as a call
 * that failed would have found it: where there is another model, the step goes on with that. One call after the other
 * is let through as a probe, by the breaker's own times, and finds out when the pool is back.
 */
import { ApplicationFailure } from '@temporalio/common';
import { isModelTierPlan } from '../../contracts/step';
import type { StepPlan } from '../../contracts/step';

/** Whether there is a later model to go to when no capacity is to be had. */
export function hasModelAfter({ tiers, onFailure }: StepPlan, tier: number): boolean {
  return tiers.slice(tier + 1).some(isModelTierPlan) && onFailure?.['Capacity.Timeout'] !== 'fail';
}

export function behindBreaker(step: string, blockedBy: string): ApplicationFailure {
  const message = `${step}: not waiting for the ${blockedBy}, as there is another model`;
  return ApplicationFailure.nonRetryable(message, 'Capacity.Timeout', { blockedBy });
}
