/** The child workflow that runs one fallback tier of a step. It reads no config: its parent's plan is its own. */
import { setCurrentDetails } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { TierOutcome, TierWorkflowInput } from '../../contracts/step';
import { poolsText } from '../policy/call-plan';
import { runTier } from '../primitives/run-tier';
import { Turn } from '../primitives/turn';

export async function holdfastTier(input: TierWorkflowInput): Promise<TierOutcome> {
  const { plan, tier, reason } = input;
  const head = `**${plan.step}** · tier ${tier + 1} of ${plan.tiers.length} (pool ${poolsText(plan.tiers[tier])}) after ${reason}`;
  const show = (state: string): void => setCurrentDetails(`${head}\n\n${state}`);
  show('opening');
  const outcome = await runTier({
    runKey: input.runKey,
    step: plan.step,
    occurrence: input.occurrence,
    tier,
    variables: input.variables,
    tenant: input.tenant,
    ...(input.priority && { priority: input.priority }),
    ...(input.extras && { extras: input.extras }),
    ...(input.budget && { budget: input.budget }),
    // The step's clock began in the parent: what is left of it is what this tier may use.
    startedAtMs: Date.now() - (plan.timeouts.stepMs - input.remainingMs),
    plans: new Map([[plan.step, plan]]),
    turn: new Turn(),
    report: (patch) => show(patch.waitingFor === undefined ? (patch.state ?? '') : `waiting for ${patch.waitingFor}`),
  });
  if (outcome === undefined)
    throw ApplicationFailure.nonRetryable(`${plan.step}: tier ${tier} calls no model`, 'Llm.Internal');
  return outcome;
}
