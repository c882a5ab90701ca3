/** The tier where a person answers: one question, open to those of a role until its deadline. */
import { ApplicationFailure } from '@temporalio/common';
import type { JsonValue } from '../../contracts/json';
import type { HumanTierPlan, TierOutcome, TierWorkflowInput } from '../../contracts/step';
import { questionOf } from '../policy/human-question';
import { approval } from '../primitives/approval';
import { freeAttempt } from '../primitives/call-rule';
import type { ChildTier } from './child-tier';

/** Throws `Approval.Expired` when nobody has answered in time. */
export async function runHumanTier({ input }: ChildTier): Promise<TierOutcome> {
  const { name, options } = questionOf(input);
  const decision = await approval<JsonValue>(name, options);
  const { outcome, answer, by } = decision;
  if (outcome !== 'answered' || by === undefined) throw expired(input);
  return { value: answer ?? null, model: 'human', attempts: [freeAttempt(input.tier, by, 'succeeded')] };
}

function expired({ plan, tier }: TierWorkflowInput): ApplicationFailure {
  const { human } = plan.tiers[tier] as HumanTierPlan;
  return ApplicationFailure.nonRetryable(
    `${plan.step}: nobody of role ${human} has answered in time`,
    'Approval.Expired',
  );
}
