import type { CallPlan, StepPlan } from '../../contracts/step';

/** The part of a plan one call needs: it stands in history once per call, so it carries nothing else. */
export function callPlanOf(plan: StepPlan, tier: number): CallPlan {
  const chosen = plan.tiers[tier];
  if (chosen === undefined) throw new RangeError(`${plan.step} has no tier ${tier}`);
  return {
    prompt: plan.prompt,
    ...(plan.output === undefined ? {} : { output: plan.output }),
    lane: plan.lane,
    timeouts: plan.timeouts,
    maximumAttempts: plan.maximumAttempts,
    pool: chosen.pool,
    variant: chosen.variant,
    requestDigest: chosen.requestDigest,
    parameters: chosen.parameters,
  };
}
