import { ApplicationFailure } from '@temporalio/common';
import type { TierOutcome } from '../../contracts/step';
import { runTier } from '../primitives/run-tier';
import type { ChildTier } from './child-tier';

/** A tier that calls a model, in a workflow of its own. */
export async function runModelTier({ run }: ChildTier): Promise<TierOutcome> {
  const outcome = await runTier(run);
  if (outcome === undefined || 'child' in outcome)
    throw ApplicationFailure.nonRetryable(`${run.step}: tier ${run.tier} calls no model`, 'Llm.Internal');
  return outcome;
}
