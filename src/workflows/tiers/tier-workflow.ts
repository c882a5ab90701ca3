/** The child workflow that runs one fallback tier of a step. It reads no config: its parent's plan is its own. */
import { setCurrentDetails } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { TierKind } from '../../contracts/settings';
import { tierKindOf } from '../../contracts/step';
import type { TierOutcome, TierWorkflowInput } from '../../contracts/step';
import { tierText } from '../policy/call-plan';
import { runBatchTier } from './batch-tier';
import { childTierOf } from './child-tier';
import type { ChildTier } from './child-tier';
import { runDeferredTier } from './deferred-tier';
import { runHumanTier } from './human-tier';
import { runModelTier } from './model-tier';

/** The tiers that run in a workflow of their own. The others run in their pipeline. */
const runOf: Readonly<Partial<Record<TierKind, (child: ChildTier) => Promise<TierOutcome>>>> = {
  model: runModelTier,
  batch: runBatchTier,
  deferred: runDeferredTier,
  human: runHumanTier,
};

export async function holdfastTier(input: TierWorkflowInput): Promise<TierOutcome> {
  const { plan, tier, reason } = input;
  const planned = plan.tiers[tier];
  const head = `**${plan.step}** · tier ${tier + 1} of ${plan.tiers.length} (${tierText(planned)})${reason && ` after ${reason}`}`;
  const show = (state: string): void => setCurrentDetails(`${head}\n\n${state}`);
  const run = planned && runOf[tierKindOf(planned)];
  if (run === undefined)
    throw ApplicationFailure.nonRetryable(`${plan.step}: tier ${tier} runs in its pipeline`, 'Llm.Internal');
  const child = childTierOf(input, show);
  show('opening');
  return run(child);
}
