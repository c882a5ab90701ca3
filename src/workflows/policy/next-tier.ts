/** Where a step goes on its ladder. */
import { policyOf } from '../../errors/failure-types';
import type { FailureType } from '../../errors/failure-types';
import { isModelTierPlan, tierKindOf } from '../../contracts/step';
import type { StepPlan } from '../../contracts/step';
import { leastUsefulMs } from './remaining';

/** Index of the tier to try after `tier` ended with `failure`, or undefined when the step has failed. */
export function nextTierOf(plan: StepPlan, tier: number, failure: FailureType): number | undefined {
  const said = plan.onFailure?.[failure];
  if (said !== undefined && said !== 'next' && said !== 'fail')
    return laterOf(plan, tier, (at) => kindAt(plan, at) === said);
  const move = said === undefined ? policyOf(failure).next : said === 'next' ? 'tier' : 'fail';
  if (move === 'fail') return undefined;
  if (move === 'tier') return tier + 1 < plan.tiers.length ? tier + 1 : undefined;
  const window = windowAt(plan, tier);
  // What needs no model has no window either: a rule or a template can still answer.
  return laterOf(
    plan,
    tier,
    (at) => ['template', 'rule'].includes(kindAt(plan, at) ?? '') || windowAt(plan, at) > window,
  );
}

function laterOf(plan: StepPlan, tier: number, fits: (at: number) => boolean): number | undefined {
  const index = plan.tiers.findIndex((_, at) => at > tier && fits(at));
  return index === -1 ? undefined : index;
}

function kindAt(plan: StepPlan, at: number): ReturnType<typeof tierKindOf> | undefined {
  const tier = plan.tiers[at];
  return tier && tierKindOf(tier);
}

function windowAt(plan: StepPlan, at: number): number {
  const tier = plan.tiers[at];
  return isModelTierPlan(tier) ? tier.contextWindow : 0;
}

/** The first tier from `from` on that can still finish in the time left; one that calls nobody needs next to none. */
export function firstInTime(plan: StepPlan, from: number, remainingMs: number): number | undefined {
  return laterOf(plan, from - 1, (at) => remainingMs >= needOf(plan, at));
}

function needOf(plan: StepPlan, at: number): number {
  const tier = plan.tiers[at];
  if (isModelTierPlan(tier)) return tier.needsMs ?? leastUsefulMs;
  return kindAt(plan, at) === 'rule' ? leastUsefulMs : 0;
}

/** Index of the first tier that calls a model: it runs in the pipeline itself, and its answers may be kept for others. */
export function firstModelTierOf(plan: StepPlan): number {
  return plan.tiers.findIndex(isModelTierPlan);
}
