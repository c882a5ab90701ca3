import { isModelTierPlan } from '../../contracts/step';
import type { CachedTierPlan, CallPlan, PoolPlan, StepPlan, TierPlan } from '../../contracts/step';
import { firstModelTierOf } from './next-tier';

/** The part of a plan one call needs: it stands in history once per call, so it carries nothing else. */
export function callPlanOf(
  plan: StepPlan,
  tier: number,
  { pool: { pool, variant, parameters }, requestDigest }: { pool: PoolPlan; requestDigest: string },
): CallPlan {
  const { connectMs, firstTokenMs, idleMs, callMs } = plan.timeouts;
  const cacheMs = cacheMsOf(plan, tier);
  return {
    prompt: plan.prompt,
    ...(plan.output === undefined ? {} : { output: plan.output }),
    lane: plan.lane,
    timeouts: { connectMs, firstTokenMs, idleMs, callMs },
    maximumAttempts: plan.maximumAttempts,
    ...(plan.complexity === undefined ? {} : { complexity: plan.complexity }),
    ...(plan.stream === true && { stream: true }),
    ...(plan.background === true && { background: true }),
    ...(plan.tools && { tools: plan.tools }),
    ...(cacheMs !== undefined && { cacheMs }),
    pool,
    variant,
    requestDigest,
    parameters,
  };
}

/** Only what the ladder's best model says is kept for others: a degraded answer is not. */
function cacheMsOf(plan: StepPlan, tier: number): number | undefined {
  if (tier !== firstModelTierOf(plan)) return undefined;
  return plan.tiers.find((candidate): candidate is CachedTierPlan => 'cachedMs' in candidate)?.cachedMs;
}

/** Where the calls of a tier go, for people: its pool, or the pools it chooses between. */
export function poolsText(tier: TierPlan | undefined): string {
  if (!isModelTierPlan(tier)) return tier === undefined ? '' : 'cache';
  const pools = tier.choice?.options.map(({ pool }) => pool) ?? [tier.pool];
  return [...new Set(pools)].join(' | ');
}
