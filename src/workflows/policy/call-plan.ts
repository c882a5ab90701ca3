import { isModelTierPlan, poolPlanOf, tierKindOf } from '../../contracts/step';
import type { CachedTierPlan, CallPlan, PoolPlan, StepPlan, TierPlan } from '../../contracts/step';
import { hasModelAfter } from './leave-breaker';
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
    ...(plan.embedding && { embedding: plan.embedding }),
    ...(plan.output === undefined ? {} : { output: plan.output }),
    lane: plan.lane,
    timeouts: { connectMs, firstTokenMs, idleMs, callMs },
    maximumAttempts: plan.maximumAttempts,
    ...(plan.complexity === undefined ? {} : { complexity: plan.complexity }),
    ...(plan.stream === true && { stream: true }),
    ...(plan.background === true && { background: true }),
    ...(plan.tools && { tools: plan.tools }),
    ...(cacheMs !== undefined && { cacheMs }),
    ...(hasModelAfter(plan, tier) && { leavesBreaker: true }),
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

/** Whom a tier that runs in a workflow of its own asks, for people: `pool a | b`, `batch, pool a`, `role reviewer`. */
export function tierText(tier: TierPlan | undefined): string {
  if (tier !== undefined && 'human' in tier) return `role ${tier.human}`;
  const kind = tier === undefined || isModelTierPlan(tier) ? '' : `${tierKindOf(tier)}, `;
  return `${kind}pool ${poolsText(tier)}`;
}

/** Where the calls of a tier go, for people: its pool, or the pools it chooses between. */
export function poolsText(tier: TierPlan | undefined): string {
  if (!isModelTierPlan(tier)) return poolPlanOf(tier)?.pool ?? (tier === undefined ? '' : tierKindOf(tier));
  const pools = tier.choice?.options.map(({ pool }) => pool) ?? [tier.pool];
  return [...new Set(pools)].join(' | ');
}
