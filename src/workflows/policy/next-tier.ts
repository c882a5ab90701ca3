/** Where a step goes on its ladder. */
import { policyOf } from '../../errors/failure-types';
import type { FailureType } from '../../errors/failure-types';
import type { TierKind } from '../../contracts/settings';
import { isModelTierPlan, poolPlanOf, tierKindOf } from '../../contracts/step';
import type { StepPlan, TierPlan } from '../../contracts/step';
import { leastUsefulMs } from './remaining';

const windowless: readonly TierKind[] = ['template', 'rule', 'human'];

/** Index of the tier to try after `tier` ended with `failure`, or undefined when the step has failed. */
export function nextTierOf(plan: StepPlan, tier: number, failure: FailureType): number | undefined {
  const said = plan.onFailure?.[failure];
  if (said !== undefined && said !== 'next' && said !== 'fail')
    return laterOf(plan, tier, (at) => kindAt(plan, at) === said);
  const move = said === undefined ? policyOf(failure).next : said === 'next' ? 'tier' : 'fail';
  if (move === 'fail') return undefined;
  if (move === 'tier') return tier + 1 < plan.tiers.length ? tier + 1 : undefined;
  const window = windowAt(plan, tier);
  // What needs no model has no window either: a rule, a template or a person can still answer.
  return laterOf(plan, tier, (at) => windowless.includes(kindAt(plan, at) ?? 'model') || windowAt(plan, at) > window);
}

function laterOf(plan: StepPlan, tier: number, fits: (at: number) => boolean): number | undefined {
  const index = plan.tiers.findIndex((_, at) => at > tier && fits(at));
  return index === -1 ? undefined : index;
}

function kindAt(plan: StepPlan, at: number): TierKind | undefined {
  const tier = plan.tiers[at];
  return tier && tierKindOf(tier);
}

function windowAt(plan: StepPlan, at: number): number {
  return poolPlanOf(plan.tiers[at])?.contextWindow ?? 0;
}

export interface TimeLeft {
  /** Of the step, and of its run. */
  readonly ofStepMs: number;
  /** Of its run alone: tiers with a time of their own need no other. */
  readonly ofRunMs: number;
}

/** The first tier from `from` on that can still finish in the time left; one that calls nobody needs next to none. */
export function firstInTime(plan: StepPlan, from: number, { ofStepMs, ofRunMs }: TimeLeft): number | undefined {
  return laterOf(plan, from - 1, (at) => (hasOwnTime(plan.tiers[at]) ? ofRunMs : ofStepMs) >= needOf(plan, at));
}

/** Batch, deferred and human tiers: minutes to days, whatever `timeouts.step` says. */
export function hasOwnTime(tier: TierPlan | undefined): boolean {
  return ownTimeMsOf(tier) !== undefined;
}

/** How long such a tier may take, ms. */
export function ownTimeMsOf(tier: TierPlan | undefined): number | undefined {
  if (tier === undefined) return undefined;
  if ('human' in tier) return tier.deadlineMs;
  return 'withinMs' in tier ? tier.withinMs : undefined;
}

function needOf(plan: StepPlan, at: number): number {
  const tier = plan.tiers[at];
  if (isModelTierPlan(tier)) return tier.needsMs ?? leastUsefulMs;
  return hasOwnTime(tier) || kindAt(plan, at) === 'rule' ? leastUsefulMs : 0;
}

/**
 * Whether a tier runs in the pipeline itself. A deferred one does not, but is opened there: that tells how long it is
 * likely to take.
 */
export function runsHere(plan: StepPlan, tier: number): boolean {
  const planned = plan.tiers[tier];
  if (isModelTierPlan(planned)) return tier === 0 || tier === firstModelTierOf(plan);
  return planned === undefined || 'deferred' in planned || !hasOwnTime(planned);
}

/** Index of the first tier that calls a model: it runs in the pipeline itself, and its answers may be kept for others. */
export function firstModelTierOf(plan: StepPlan): number {
  return plan.tiers.findIndex(isModelTierPlan);
}
