/** What a run answers and accepts while it goes on. Handlers never throw what could fail the run. */
import { defineQuery, defineSignal, defineUpdate, log, setHandler } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { decideUpdateName, decisionSignalName, statusQueryName } from '../contracts/names';
import type { DecisionInput } from '../contracts/approval';
import type { RunStatus } from '../contracts/status';
import { readDecision } from './policy/read-decision';
import { checkEdit, takeDecision } from './primitives/approval';
import type { RunState } from './primitives/run-state';

const statusQuery = defineQuery<RunStatus>(statusQueryName);
/** Answers the name of the approval it decided. */
const decideUpdate = defineUpdate<string, [unknown]>(decideUpdateName);
const decisionSignal = defineSignal<[unknown]>(decisionSignalName);

export function handleMessages(run: RunState): void {
  setHandler(statusQuery, () => run.status(), {
    description: 'Steps, tiers, tokens, cost, waits and pending approvals',
  });
  setHandler(decideUpdate, (value) => decide(run, value), {
    description: 'Decide a pending approval: { approval, outcome: approved|rejected|edited, by, comment?, content? }',
    validator: (value) => {
      const refusal = refusalOf(run, value);
      if (refusal !== undefined) throw refusal;
    },
  });
  setHandler(decisionSignal, (value) => receive(run, value), {
    description: 'The same decision as a signal; one that cannot be used is counted and ignored',
  });
}

function refusalOf(run: RunState, value: unknown): ApplicationFailure | undefined {
  const read = readDecision(value, run.approvals);
  if (!read.ok) return ApplicationFailure.nonRetryable(read.message, read.type);
  const problem = checkEdit(run, read.decision);
  if (problem === undefined) return undefined;
  return ApplicationFailure.nonRetryable(`decision: content: ${problem}`, 'Approval.Malformed');
}

function decide(run: RunState, value: unknown): string {
  const decision = value as DecisionInput;
  // Two updates may pass the validator in one workflow task; only one is the decision.
  if (!takeDecision(run, decision)) {
    const message = `approval "${decision.approval}" was decided by another decision a moment ago`;
    throw ApplicationFailure.nonRetryable(message, 'Approval.NotWaiting');
  }
  return decision.approval;
}

function receive(run: RunState, value: unknown): void {
  const refusal = refusalOf(run, value);
  if (refusal === undefined && takeDecision(run, value as DecisionInput)) return;
  run.ignoredDecisions += 1;
  log.warn('a decision signal was ignored', { reason: refusal?.message ?? 'decided already' });
}
