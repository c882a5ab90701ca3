import type { CallPlan, PoolPlan, StepPlan, TierPlan } from '../../contracts/step';

/** The part of a plan one call needs: it stands in history once per call, so it carries nothing else. */
export function callPlanOf(plan: StepPlan, { pool, variant, parameters }: PoolPlan, requestDigest: string): CallPlan {
  const { connectMs, firstTokenMs, idleMs, callMs } = plan.timeouts;
  return {
    prompt: plan.prompt,
    ...(plan.output === undefined ? {} : { output: plan.output }),
    lane: plan.lane,
    timeouts: { connectMs, firstTokenMs, idleMs, callMs },
    maximumAttempts: plan.maximumAttempts,
    ...(plan.complexity === undefined ? {} : { complexity: plan.complexity }),
    pool,
    variant,
    requestDigest,
    parameters,
  };
}

/** Where the calls of a tier go, for people: its pool, or the pools it chooses between. */
export function poolsText(tier: TierPlan | undefined): string {
  const pools = tier?.choice?.options.map(({ pool }) => pool) ?? (tier === undefined ? [] : [tier.pool]);
  return [...new Set(pools)].join(' | ');
}
