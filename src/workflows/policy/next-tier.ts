/** Where a step goes on its ladder. */
import { policyOf } from '../../errors/failure-types';
import type { FailureType } from '../../errors/failure-types';
import { isModelTierPlan } from '../../contracts/step';
import type { StepPlan } from '../../contracts/step';
import { leastUsefulMs } from './remaining';

/** Index of the tier to try after `tier` ended with `failure`, or undefined when the step has failed. */
export function nextTierOf(plan: StepPlan, tier: number, failure: FailureType): number | undefined {
  const move = policyOf(failure).next;
  if (move === 'fail') return undefined;
  if (move === 'tier') return tier + 1 < plan.tiers.length ? tier + 1 : undefined;
  const spent = plan.tiers[tier];
  const window = isModelTierPlan(spent) ? spent.contextWindow : 0;
  const larger = plan.tiers.findIndex(
    (candidate, index) => index > tier && isModelTierPlan(candidate) && candidate.contextWindow > window,
  );
  return larger === -1 ? undefined : larger;
}

/** The first tier from `from` on that can still finish in the time left; a cached one needs next to none. */
export function firstInTime(plan: StepPlan, from: number, remainingMs: number): number | undefined {
  const index = plan.tiers.findIndex(
    (tier, at) => at >= from && (!isModelTierPlan(tier) || remainingMs >= (tier.needsMs ?? leastUsefulMs)),
  );
  return index === -1 ? undefined : index;
}

/** Index of the first tier that calls a model: it runs in the pipeline itself, and its answers may be kept for others. */
export function firstModelTierOf(plan: StepPlan): number {
  return plan.tiers.findIndex(isModelTierPlan);
}
