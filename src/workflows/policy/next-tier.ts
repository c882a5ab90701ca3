/** Where a step goes when a tier is spent. */
import { policyOf } from '../../errors/failure-types';
import type { FailureType } from '../../errors/failure-types';
import type { StepPlan } from '../../contracts/step';

/** Index of the tier to try after `tier` ended with `failure`, or undefined when the step has failed. */
export function nextTierOf(plan: StepPlan, tier: number, failure: FailureType): number | undefined {
  const move = policyOf(failure).next;
  if (move === 'fail') return undefined;
  if (move === 'tier') return tier + 1 < plan.tiers.length ? tier + 1 : undefined;
  const window = plan.tiers[tier]?.contextWindow ?? 0;
  const larger = plan.tiers.findIndex((candidate, index) => index > tier && candidate.contextWindow > window);
  return larger === -1 ? undefined : larger;
}
