/** Checks a decision that came from outside. Pure: the update's validator and the signal handler share it. */
import { decisionOutcomes } from '../../contracts/approval';
import type { DecisionInput, DecisionKind, DecisionOutcome, PendingApproval } from '../../contracts/approval';
import type { FailureType } from '../../errors/failure-types';

export type ReadDecision =
  | { readonly ok: true; readonly decision: DecisionInput }
  | { readonly ok: false; readonly type: FailureType; readonly message: string };

const kindOf: Readonly<Record<DecisionOutcome, DecisionKind>> = {
  approved: 'approve',
  rejected: 'reject',
  edited: 'edit',
};
const longestName = 256;
const longestComment = 10_000;
/** A refusal goes back with the request it refuses; one as long as the request would burst the task's 4 MB. */
const longestEcho = 80;

export function readDecision(value: unknown, waiting: ReadonlyMap<string, PendingApproval>): ReadDecision {
  const problem = problemOf(value);
  if (problem !== undefined) return { ok: false, type: 'Approval.Malformed', message: `decision: ${problem}` };
  const decision = value as DecisionInput;
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
  return { ok: true, decision };
}

function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected an object';
  const { approval, outcome, by, comment, content } = value as Record<string, unknown>;
  if (typeof approval !== 'string' || approval === '') return 'approval: expected the name of the approval';
  if (!isOutcome(outcome)) {
    const received = outcome === undefined ? 'nothing' : JSON.stringify(outcome).slice(0, longestEcho);
    return `outcome: expected one of ${decisionOutcomes.join(', ')}, received ${received}`;
  }
  if (typeof by !== 'string' || by.trim() === '' || by.length > longestName) return 'by: expected who decides';
  if (comment !== undefined && !isComment(comment)) {
    return `comment: expected text of at most ${longestComment} characters`;
  }
  if (outcome === 'edited') return content === undefined ? 'content: required for "edited"' : undefined;
  return content === undefined ? undefined : 'content: only for "edited"';
}

function isOutcome(value: unknown): value is DecisionOutcome {
  return decisionOutcomes.some((outcome) => outcome === value);
}

function isComment(value: unknown): boolean {
  return typeof value === 'string' && value.length <= longestComment;
}
