/**
 * A decision signal whose payload cannot be decoded would fail the workflow task for ever: the SDK decodes before any
 * handler runs. It is replaced by nothing, which the handler counts and ignores like every other bad decision.
 */
import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Payload } from '@temporalio/common';
import { decisionSignalName } from '../contracts/names';

export const readableSignals: WorkflowInternalsInterceptor = {
  activate(input, next) {
    for (const { signalWorkflow } of input.activation.jobs ?? []) {
      if (signalWorkflow?.signalName !== decisionSignalName) continue;
      if (!(signalWorkflow.input ?? []).every(isReadable)) signalWorkflow.input = [];
    }
    next(input);
  },
};

function isReadable(payload: Payload): boolean {
  try {
    defaultPayloadConverter.fromPayload(payload);
    return true;
  } catch {
    return false;
  }
}
