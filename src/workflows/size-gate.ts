/**
 * Refuses values that no payload store takes where a workflow hands them out. Past this point such a value fails the
 * workflow task, which is then repeated for ever. The limit is one for all workers, whether they have a store or not, so
 * that a replay decides as the run did; without a store the server's own limit is met first.
 */
import type { WorkflowInboundCallsInterceptor, WorkflowOutboundCallsInterceptor } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { activityNames } from '../contracts/names';
import { sizeProblemOf, widestSizeLimits } from '../contracts/size-limits';
import type { FailureType } from '../errors/failure-types';

export const inboundSizeGate: WorkflowInboundCallsInterceptor = {
  async execute(input, next) {
    const result = await next(input);
    checkSizes([result], 'the result of the run');
    return result;
  },
};

export const outboundSizeGate: WorkflowOutboundCallsInterceptor = {
  scheduleActivity(input, next) {
    checkSizes(input.args, inputOf(input.activityType), typeFor(input.activityType));
    return next(input);
  },
  scheduleLocalActivity(input, next) {
    checkSizes(input.args, inputOf(input.activityType), typeFor(input.activityType));
    return next(input);
  },
  startChildWorkflowExecution(input, next) {
    checkSizes(input.options.args, inputOf(input.workflowType));
    return next(input);
  },
  signalWorkflow(input, next) {
    checkSizes(input.args, inputOf(`signal ${input.signalName}`));
    return next(input);
  },
  continueAsNew(input, next) {
    checkSizes(input.args, 'the input of the next run');
    return next(input);
  },
};

const stepActivities: readonly string[] = Object.values(activityNames);

/** What is too large for a step is the fault of its variables. */
function typeFor(activityType: string): FailureType {
  return stepActivities.includes(activityType) ? 'Llm.BadRequest' : 'Payload.TooLarge';
}

function inputOf(name: string): string {
  return `the input of ${name}`;
}

function checkSizes(values: readonly unknown[], what: string, type: FailureType = 'Payload.TooLarge'): void {
  for (const value of values) {
    const problem = problemOf(value);
    if (problem !== undefined) throw ApplicationFailure.nonRetryable(`${what} ${problem}`, type);
  }
}

function problemOf(value: unknown): string | undefined {
  if (ArrayBuffer.isView(value)) {
    const { jsonBytes } = widestSizeLimits;
    return value.byteLength > jsonBytes ? `has ${value.byteLength} bytes, at most ${jsonBytes} are taken` : undefined;
  }
  try {
    return sizeProblemOf(JSON.stringify(value ?? null), widestSizeLimits);
  } catch (error) {
    if (error instanceof RangeError) return 'is nested too deep';
    // Not JSON: the SDK says so in its own words.
    return undefined;
  }
}
