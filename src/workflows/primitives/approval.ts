import { condition } from '@temporalio/workflow';
import type { Duration } from '@temporalio/common';
import { ApplicationFailure } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import type { Decision, DecisionInput, DecisionKind, PendingApproval } from '../../contracts/approval';
import { summaryLine } from '../../contracts/summary-line';
import type { JsonValue } from '../../contracts/json';
import { currentRun } from './run-state';
import type { RunState } from './run-state';

export interface ApprovalOptions<T> {
  /** One line the reviewer reads first. */
  readonly title: string;
  /** The content to decide on; it is shown as it is and returned as `content`. */
  readonly show: T;
  /** Default: approve and reject. */
  readonly allow?: readonly DecisionKind[];
  /** Time to decide, e.g. `3 days`; absent = waits for ever. */
  readonly deadline?: Duration;
  /** What happens at the deadline. `expire` (default) and `reject` give that outcome, `approve` approves. */
  readonly onExpiry?: 'expire' | 'reject' | 'approve';
  /** Checks an edited content before it is accepted: the problem as one line, or undefined. Synchronous. */
  readonly checkEdit?: (content: JsonValue) => string | undefined;
}

/** What waits for one approval: the question as shown, its edit check, and the answer once it is there. */
interface Waiting {
  readonly checkEdit?: (content: JsonValue) => string | undefined;
  decision?: DecisionInput;
}

const waitingByRun = new WeakMap<RunState, Map<string, Waiting>>();

function waitingOf(run: RunState): Map<string, Waiting> {
  const known = waitingByRun.get(run);
  if (known !== undefined) return known;
  const waiting = new Map<string, Waiting>();
  waitingByRun.set(run, waiting);
  return waiting;
}

/**
 * Asks a person and waits, for days if need be. The question is in the `status` query; the answer comes by the
 * `decide` update or the `decision` signal. Exactly one decision counts; later ones are refused.
 *
 * @param name - unique among the approvals waiting in this run
 */
export async function approval<T>(name: string, options: ApprovalOptions<T>): Promise<Decision<T>> {
  const run = currentRun();
  const waiting = waitingOf(run);
  // One that has been decided is in `waiting` until its pipeline goes on: a new one would be swept away with it.
  if (waiting.has(name)) {
    throw ApplicationFailure.nonRetryable(`approval "${name}" is waiting already`, 'Approval.Malformed');
  }
  const entry: Waiting = options.checkEdit === undefined ? {} : { checkEdit: options.checkEdit };
  run.approvals.set(name, pendingOf(name, options));
  waiting.set(name, entry);
  run.show();
  try {
    const isDecided = (): boolean => entry.decision !== undefined;
    const summary = summaryLine(`waiting for a decision: ${name}`);
    if (options.deadline === undefined) await condition(isDecided);
    else await condition(isDecided, options.deadline, { summary });
  } finally {
    run.approvals.delete(name);
    waiting.delete(name);
    run.show();
  }
  return entry.decision === undefined ? expired(options) : decided(entry.decision, options.show);
}

/** Takes a checked decision. False when an earlier one was taken in the same instant. */
export function takeDecision(run: RunState, decision: DecisionInput): boolean {
  const entry = waitingOf(run).get(decision.approval);
  if (entry === undefined || entry.decision !== undefined) return false;
  entry.decision = decision;
  // No longer waiting from this moment, although the pipeline has not gone on yet: a second decision is refused.
  run.approvals.delete(decision.approval);
  run.show();
  return true;
}

/** The problem with an edited content as one line, or undefined. A check that throws would fail the run: it refuses. */
export function checkEdit(run: RunState, decision: DecisionInput): string | undefined {
  if (decision.outcome !== 'edited') return undefined;
  const check = waitingOf(run).get(decision.approval)?.checkEdit;
  try {
    return check?.(decision.content ?? null);
  } catch (error) {
    return `its check failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function pendingOf<T>(name: string, options: ApprovalOptions<T>): PendingApproval {
  const now = Date.now();
  const deadlineAt =
    options.deadline === undefined ? undefined : new Date(now + msToNumber(options.deadline)).toISOString();
  return {
    name,
    title: options.title,
    show: options.show as JsonValue,
    allow: options.allow ?? ['approve', 'reject'],
    askedAt: new Date(now).toISOString(),
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
  };
}

function decided<T>(decision: DecisionInput, shown: T): Decision<T> {
  return {
    outcome: decision.outcome,
    content: decision.outcome === 'edited' ? (decision.content as T) : shown,
    by: decision.by,
    ...(decision.comment === undefined ? {} : { comment: decision.comment }),
    at: new Date().toISOString(),
  };
}

function expired<T>(options: ApprovalOptions<T>): Decision<T> {
  const outcome = { expire: 'expired', reject: 'rejected', approve: 'approved' } as const;
  return { outcome: outcome[options.onExpiry ?? 'expire'], content: options.show, at: new Date().toISOString() };
}
