/** What a tier that runs in a workflow of its own is made of: its input, in the form the primitives work with. */
import { poolPlanOf } from '../../contracts/step';
import type { StepStatus } from '../../contracts/status';
import type { StepPlan, TierPlan, TierWorkflowInput } from '../../contracts/step';
import { ownTimeMsOf } from '../policy/next-tier';
import type { TierRun } from '../primitives/open-call';
import { Turn } from '../primitives/turn';

export interface ChildTier {
  readonly input: TierWorkflowInput;
  /** Of the tier alone: `stepMs` is the time it has, and the lane is its own. */
  readonly plan: StepPlan;
  readonly run: TierRun;
  /** Shows it in the live details panel. */
  readonly show: (state: string) => void;
}

export function childTierOf(input: TierWorkflowInput, show: (state: string) => void): ChildTier {
  const { tier, runKey, occurrence, variables, tenant, priority, extras, budget } = input;
  const plan = planOf(input);
  const run: TierRun = {
    runKey,
    step: plan.step,
    occurrence,
    tier,
    variables,
    tenant,
    ...(priority && { priority }),
    ...(extras && { extras }),
    ...(budget && { budget }),
    // The clock began in the parent: what is left of it is what this tier may use.
    startedAtMs: Date.now() - (plan.timeouts.stepMs - input.remainingMs),
    plans: new Map([[plan.step, plan]]),
    turn: new Turn(),
    report: (patch: Partial<StepStatus>) =>
      show(patch.waitingFor === undefined ? (patch.state ?? '') : `waiting for ${patch.waitingFor}`),
  };
  return { input, plan, run, show };
}

/** A tier with a time of its own: nobody waits for it at a screen, so its calls go by the batch lane. */
function planOf({ plan, tier }: TierWorkflowInput): StepPlan {
  const own = plan.tiers[tier];
  const stepMs = ownTimeMsOf(own);
  if (own === undefined || stepMs === undefined) return plan;
  const tiers = plan.tiers.map((each, index) => (index === tier ? asModelTier(each) : each));
  return { ...plan, lane: 'batch', timeouts: { ...plan.timeouts, stepMs }, tiers };
}

/** A deferred tier calls its pool as any model tier does. */
function asModelTier(tier: TierPlan): TierPlan {
  return 'deferred' in tier ? (poolPlanOf(tier) ?? tier) : tier;
}
