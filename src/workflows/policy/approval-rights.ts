/** Who may decide what. Pure. What is refused here was accepted, so it stands in history. */
import type { Decider } from '../../contracts/approval-check';
import type { DecisionInput, PendingApproval } from '../../contracts/approval';
import type { FailureType } from '../../errors/failure-types';

export interface Refusal {
  readonly type: FailureType;
  readonly message: string;
}

export function tooLate({ approval }: DecisionInput): Refusal {
  const message = `approval "${approval}" was decided by another decision a moment ago, or its time is over`;
  return { type: 'Approval.NotWaiting', message };
}

/** For a decision on something else than what waits. */
export function staleness(pending: PendingApproval, { digest }: DecisionInput): Refusal | undefined {
  if (digest === pending.digest) return undefined;
  const message =
    `"${pending.name}" is not what was looked at: it waits with the digest ${pending.digest}, ` +
    `the decision has ${digest ?? 'none'}; look at it again`;
  return { type: 'Approval.Stale', message };
}

/** For somebody who lacks the role, or who started the run. */
export function missingRight(pending: PendingApproval, { by, roles }: Decider): Refusal | undefined {
  if (pending.notBy !== undefined && isSamePerson(by, pending.notBy)) {
    return forbidden(`${by} started the run, and "${pending.name}" must be decided by somebody else`);
  }
  if (pending.roles === undefined || pending.roles.some((role) => roles.includes(role))) return undefined;
  const has = roles.length === 0 ? 'none' : roles.join(', ');
  return forbidden(`"${pending.name}" is for ${pending.roles.join(', ')}; ${by} has ${has}`);
}

/** Names that differ in case, spaces around them or the form of their characters only are one person. */
export function isSamePerson(one: string, other: string): boolean {
  return personKey(one) === personKey(other);
}

function personKey(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

function forbidden(message: string): Refusal {
  return { type: 'Approval.Forbidden', message };
}
