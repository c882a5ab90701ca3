/** A human tier as its pipeline sees it: a child workflow that asks, shown in the status of the pipeline while it does. */
import type { AuditEntry, PendingApproval } from '../../contracts/approval';
import { runKeyOf } from '../../contracts/ids';
import type { HumanTierPlan, TierOutcome } from '../../contracts/step';
import { failureOf } from '../policy/failure-of';
import { questionOf } from '../policy/human-question';
import { deskOf } from './approval-desk';
import { pendingOf } from './approval-pending';
import { currentRun } from './run-state';
import { ownTime, startTierChild, tierInputOf } from './tier-child';
import type { TierChild } from './tier-child';

/** Throws `Approval.Expired` when nobody has answered in time. */
export async function askPerson(child: TierChild): Promise<TierOutcome> {
  const { walk, plan, tier } = child;
  const { human } = plan.tiers[tier] as HumanTierPlan;
  const input = tierInputOf(child);
  return ownTime(child, async () => {
    const handle = await startTierChild(child, input);
    const { workflowId } = handle;
    walk.report({ state: 'asking', tier, endpoint: `role ${human}`, waitingFor: `${human}, in ${workflowId}` });
    const { name, options } = questionOf(input);
    // As the child puts it: what waits is the same whoever shows it.
    const runKey = runKeyOf(workflowId, handle.firstExecutionRunId);
    const pending = pendingOf(
      { runKey, startedBy: undefined },
      { name, occurrence: 0, options, deadlineMs: input.remainingMs },
    );
    return shown({ ...pending, workflowId }, () => handle.result());
  });
}

/** In the status, and in the audit trail, as long as it waits. The trail of the child has every decision. */
async function shown(pending: PendingApproval, answer: () => Promise<TierOutcome>): Promise<TierOutcome> {
  const run = currentRun();
  const { name: approval, occurrence, digest, workflowId } = pending;
  const record = (entry: Pick<AuditEntry, 'event' | 'outcome' | 'by'>): void =>
    deskOf(run).log.add({ approval, occurrence, digest, reason: `in ${workflowId}`, ...entry });
  run.approvalsElsewhere.add(pending);
  record({ event: 'asked' });
  run.show();
  try {
    const outcome = await answer();
    record({ event: 'closed', outcome: 'answered', by: outcome.attempts.at(-1)?.endpoint ?? '' });
    return outcome;
  } catch (error) {
    record({ event: 'closed', outcome: failureOf(error).type === 'Approval.Expired' ? 'expired' : 'cancelled' });
    throw error;
  } finally {
    run.approvalsElsewhere.delete(pending);
    run.show();
  }
}
