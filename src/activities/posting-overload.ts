import { activityInfo } from '@temporalio/activity';
import type { CallIdentity } from '../contracts/ids';
import { overloadIn } from '../contracts/overload';
import { HoldfastError } from '../errors/holdfast-error';
import type { ActivityDependencies } from './ports';

/**
 * Runs `work`. When a full queue refuses the first tier of a step, whoever starts another run of its pipeline hears of
 * it. Later tiers are what a pipeline falls back on: they say nothing about the runs to come.
 */
export async function postingOverload<T>(
  { overloads }: Pick<ActivityDependencies, 'overloads'>,
  { tier }: CallIdentity,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { workflowType } = activityInfo();
    if (tier === 0 && workflowType !== undefined && error instanceof HoldfastError) {
      const overload = error.type === 'Capacity.Overloaded' ? overloadIn(error.details) : undefined;
      if (overload !== undefined) overloads.post(workflowType, overload);
    }
    throw error;
  }
}
