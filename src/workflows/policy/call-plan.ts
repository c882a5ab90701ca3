import type { CallPlan, StepPlan } from '../../contracts/step';

/** The part of a plan one call needs: it stands in history once per call, so it carries nothing else. */
export function callPlanOf(plan: StepPlan, tier: number, requestDigest: string): CallPlan {
  const chosen = plan.tiers[tier];
  if (chosen === undefined) throw new RangeError(`${plan.step} has no tier ${tier}`);
  const { connectMs, firstTokenMs, idleMs, callMs } = plan.timeouts;
  return {
    prompt: plan.prompt,
    ...(plan.output === undefined ? {} : { output: plan.output }),
    lane: plan.lane,
    timeouts: { connectMs, firstTokenMs, idleMs, callMs },
    maximumAttempts: plan.maximumAttempts,
    pool: chosen.pool,
    variant: chosen.variant,
    requestDigest,
    parameters: chosen.parameters,
  };
}
