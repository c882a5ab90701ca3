/** What a run answers and accepts while it goes on. Handlers never throw what could fail the run. */
import { defineQuery, defineSignal, defineUpdate, log, patched, setHandler } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import {
  auditQueryName,
  decideUpdateName,
  decisionSignalName,
  setThresholdUpdateName,
  statusQueryName,
} from '../contracts/names';
import type { DecisionInput, RunAudit } from '../contracts/approval';
import type { RunStatus } from '../contracts/status';
import { tooLate } from './policy/approval-rights';
import type { Refusal } from './policy/approval-rights';
import { readThreshold } from './policy/approval-threshold';
import { readDecision, readForm } from './policy/read-decision';
import { deskOf } from './primitives/approval-desk';
import type { ApprovalDesk } from './primitives/approval-desk';
import type { RunState } from './primitives/run-state';

const statusQuery = defineQuery<RunStatus>(statusQueryName);
const auditQuery = defineQuery<RunAudit>(auditQueryName);
/** Answers the name of the approval it decided. */
const decideUpdate = defineUpdate<string, [unknown]>(decideUpdateName);
const decisionSignal = defineSignal<[unknown]>(decisionSignalName);
const setThresholdUpdate = defineUpdate<number, [unknown]>(setThresholdUpdateName);

/** Since then a decision names the digest of what was looked at, and is checked by a worker. */
const boundToDigest = '2026-11-21-decisions-are-bound';

export function handleMessages(run: RunState): void {
  const decisions = new Decisions(run, deskOf(run));
  setHandler(statusQuery, () => run.status(), {
    description: 'Steps, tiers, tokens, cost, waits and pending approvals',
  });
  setHandler(auditQuery, () => deskOf(run).audit(), {
    description: 'Who decided what when about which content, and what was refused',
  });
  setHandler(decideUpdate, (value) => decisions.decide(value as DecisionInput), {
    description:
      'Decide a pending approval: { approval, outcome: approved|rejected|edited|answered, by, digest, comment?, content?, answer? }',
    validator: (value) => {
      const refusal = decisions.refusalOf(value);
      if (refusal !== undefined) throw failureFor(refusal);
    },
  });
  setHandler(decisionSignal, (value) => decisions.receive(value), {
    description: 'The same decision as a signal; one that cannot be used is counted and ignored',
  });
  setHandler(setThresholdUpdate, (value) => deskOf(run).setThreshold(readThreshold(value)), {
    description: 'Change the threshold of a reviewIfUnsure: { review, below: 0 to 1, by }',
    validator: (value) => void readThreshold(value),
  });
}

class Decisions {
  private warnings = 0;

  constructor(
    private readonly run: RunState,
    private readonly desk: ApprovalDesk,
  ) {}

  /** Malformed, or about nothing that waits: what leaves no trace in history. */
  refusalOf(value: unknown): Refusal | undefined {
    // Sent again after it was counted, it is answered as it was then.
    const formed = readForm(value);
    if (formed.ok && this.desk.isCounted(formed.decision)) return undefined;
    return this.problemOf(value) ?? digestMissing(value as DecisionInput);
  }

  decide(decision: DecisionInput): string | Promise<string> {
    if (isBound(decision)) return this.take(decision);
    // Two updates may pass the validator in one workflow task; only one is the decision.
    if (this.desk.takeUnchecked(decision, 'update')) return decision.approval;
    throw failureFor(tooLate(decision));
  }

  receive(value: unknown): void | Promise<void> {
    const problem = this.problemOf(value);
    const formed = readForm(value);
    if (!formed.ok) return this.ignore(problem);
    const { decision } = formed;
    if (problem === undefined && !isBound(decision)) {
      return this.desk.takeUnchecked(decision, 'signal') ? undefined : this.ignore(tooLate(decision));
    }
    if (this.desk.isRepeated(decision, 'signal')) return;
    const refusal = problem ?? digestMissing(decision);
    if (refusal === undefined) return this.desk.take(decision, 'signal').then((told) => told && this.ignore(told));
    this.desk.recordRefusal(decision, 'signal', refusal);
    this.ignore(refusal);
  }

  private async take(decision: DecisionInput): Promise<string> {
    const refusal = await this.desk.take(decision, 'update');
    if (refusal !== undefined) throw failureFor(refusal);
    return decision.approval;
  }

  private problemOf(value: unknown): Refusal | undefined {
    const read = readDecision(value, this.run.approvals);
    if (!read.ok) return read;
    const problem = this.desk.problemOfValue(read.decision);
    return problem === undefined ? undefined : { type: 'Approval.Malformed', message: `decision: ${problem}` };
  }

  /** Of a flood the first few tell enough. */
  private ignore(reason: Refusal | undefined): void {
    this.run.ignoredDecisions += 1;
    if (this.warnings++ >= mostWarnings) return;
    log.warn('a decision signal was ignored', { reason: reason?.message });
  }
}

const mostWarnings = 20;

/** False only for what a history from before holds: a new one is refused by the validator, or as a signal. */
function isBound({ digest }: DecisionInput): boolean {
  return digest !== undefined || patched(boundToDigest);
}

function digestMissing({ digest }: DecisionInput): Refusal | undefined {
  if (digest !== undefined) return undefined;
  const message = 'decision: digest: required, it is in the status beside what is shown';
  return { type: 'Approval.Malformed', message };
}

function failureFor({ type, message }: Refusal): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}
