/** Checks the form of a decision that came from outside. Pure: the update's validator and the signal handler share it. */
import { decisionOutcomes } from '../../contracts/approval';
import type { DecisionInput, DecisionKind, DecisionOutcome, PendingApproval } from '../../contracts/approval';
import type { FailureType } from '../../errors/failure-types';

export type ReadDecision =
  | { readonly ok: true; readonly decision: DecisionInput }
  | { readonly ok: false; readonly type: FailureType; readonly message: string };

export const kindOf: Readonly<Record<DecisionOutcome, DecisionKind>> = {
  approved: 'approve',
  rejected: 'reject',
  edited: 'edit',
  answered: 'answer',
};
const longestName = 256;
const longestComment = 10_000;
const longestToken = 8_000;
const mostRoles = 50;
/** A refusal goes back with the request it refuses; one as long as the request would burst the task's 4 MB. */
const longestEcho = 80;

export function readDecision(value: unknown, waiting: ReadonlyMap<string, PendingApproval>): ReadDecision {
  const formed = readForm(value);
  if (!formed.ok) return formed;
  const { decision } = formed;
  const approval = waiting.get(decision.approval);
  if (approval === undefined) {
    const others = waiting.size === 0 ? 'nothing waits for a decision' : `waiting: ${[...waiting.keys()].join(', ')}`;
    return {
      ok: false,
      type: 'Approval.NotWaiting',
      message: `approval "${decision.approval.slice(0, longestEcho)}" is not waiting (${others})`,
    };
  }
  if (!approval.allow.includes(kindOf[decision.outcome])) {
    const message = `decision: "${decision.outcome}" is not allowed for "${decision.approval}" (allowed: ${approval.allow.join(', ')})`;
    return { ok: false, type: 'Approval.Malformed', message };
  }
  return formed;
}

/** Of whatever approval, waiting or not. */
export function readForm(value: unknown): ReadDecision {
  const problem = problemOf(value);
  if (problem === undefined) return { ok: true, decision: value as DecisionInput };
  return { ok: false, type: 'Approval.Malformed', message: `decision: ${problem}` };
}

function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected an object';
  const { approval, outcome, by, comment, content, answer } = value as Record<string, unknown>;
  if (typeof approval !== 'string' || approval === '') return 'approval: expected the name of the approval';
  if (!isOutcome(outcome)) {
    const received = outcome === undefined ? 'nothing' : JSON.stringify(outcome).slice(0, longestEcho);
    return `outcome: expected one of ${decisionOutcomes.join(', ')}, received ${received}`;
  }
  if (!isText(by, longestName) || by.trim() === '') return 'by: expected who decides';
  if (comment !== undefined && !isText(comment, longestComment)) {
    return `comment: expected text of at most ${longestComment} characters`;
  }
  return (
    problemOfExtras(value) ??
    problemOfValue({ field: 'content', value: content, outcome, of: 'edited' }) ??
    problemOfValue({ field: 'answer', value: answer, outcome, of: 'answered' })
  );
}

function problemOfExtras(value: object): string | undefined {
  const { digest, id, token, roles } = value as Record<string, unknown>;
  if (digest !== undefined && !isText(digest, longestName)) return 'digest: expected the digest of what was looked at';
  if (id !== undefined && !isText(id, longestName)) return `id: expected text of at most ${longestName} characters`;
  if (token !== undefined && !isText(token, longestToken)) return 'token: expected an approval token';
  if (roles === undefined || isRoles(roles)) return undefined;
  return `roles: expected at most ${mostRoles} names`;
}

interface ValueField {
  readonly field: 'content' | 'answer';
  readonly value: unknown;
  readonly outcome: DecisionOutcome;
  /** The outcome that has it. */
  readonly of: DecisionOutcome;
}

function problemOfValue({ field, value, outcome, of }: ValueField): string | undefined {
  if (outcome === of) return value === undefined ? `${field}: required for "${of}"` : undefined;
  return value === undefined ? undefined : `${field}: only for "${of}"`;
}

function isOutcome(value: unknown): value is DecisionOutcome {
  return decisionOutcomes.some((outcome) => outcome === value);
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}

function isRoles(value: unknown): boolean {
  return Array.isArray(value) && value.length <= mostRoles && value.every((role) => isText(role, longestName));
}
