/** The child workflows that are parts of a run carry its search attributes, so that they are found beside it. */
import type { WorkflowOutboundCallsInterceptor } from '@temporalio/workflow';
import { chunkWorkflowName, tierWorkflowName } from '../contracts/names';
import type { TierWorkflowInput } from '../contracts/step';
import { stateOfRun } from './primitives/run-state';

const parts: readonly string[] = [tierWorkflowName, chunkWorkflowName];

export const searchableParts: WorkflowOutboundCallsInterceptor = {
  startChildWorkflowExecution(input, next) {
    const { workflowType, options } = input;
    if (!parts.includes(workflowType)) return next(input);
    const step = workflowType === tierWorkflowName ? (options.args[0] as TierWorkflowInput).plan.step : undefined;
    const typedSearchAttributes = stateOfRun()?.searchAttributes.ofChild(step);
    return next(
      typedSearchAttributes === undefined ? input : { ...input, options: { ...options, typedSearchAttributes } },
    );
  },
};
