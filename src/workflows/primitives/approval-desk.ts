/**
 * Where the decisions of one run arrive.
 *
 *   decision ──form, waiting?──▶ one at a time ──digest──▶ activity: token, schema ──rights──▶ counted
 *
 * What does not get through is refused with a type, and recorded. Decisions are checked one after the other in the order
 * they came, so that each is judged by the content and the votes its predecessors have left.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { ApprovalMemory, AuditEntry, DecisionInput, RunAudit, ThresholdInput } from '../../contracts/approval';
import type { Decider } from '../../contracts/approval-check';
import type { JsonValue } from '../../contracts/json';
import { missingRight, staleness, tooLate } from '../policy/approval-rights';
import type { Refusal } from '../policy/approval-rights';
import { AuditLog } from './approval-audit';
import { check } from './approval-check';
import type { ApprovalOptions } from './approval-options';
import { pendingOf } from './approval-pending';
import { Question } from './approval-question';
import type { RunState } from './run-state';
import { Turn } from './turn';

/** Decisions being checked at once; each is an activity, and history holds a limited number of them. */
const mostChecking = 50;
/** Ids that are remembered over continue-as-new. */
const mostCounted = 500;

export type Via = NonNullable<AuditEntry['via']>;

export class ApprovalDesk {
  readonly log = new AuditLog();
  private readonly thresholds: Map<string, number>;
  private readonly questions = new Map<string, Question>();
  private readonly asked: Map<string, number>;
  private readonly counted: Set<string>;
  private readonly turn = new Turn();
  private checking = 0;

  constructor(
    private readonly run: RunState,
    memory: ApprovalMemory | undefined,
  ) {
    this.asked = new Map(Object.entries(memory?.asked ?? {}));
    this.counted = new Set(memory?.counted);
    this.thresholds = new Map(Object.entries(memory?.thresholds ?? {}));
  }

  ask(name: string, options: ApprovalOptions<unknown>, deadlineMs: number | undefined): Question {
    // One that has been decided is here until its pipeline goes on: a new one would be swept away with it.
    if (this.questions.has(name)) {
      throw ApplicationFailure.nonRetryable(`approval "${name}" is waiting already`, 'Approval.Malformed');
    }
    const occurrence = this.asked.get(name) ?? 0;
    const pending = pendingOf(this.run, { name, occurrence, options, deadlineMs });
    this.asked.set(name, occurrence + 1);
    const question = new Question(this.run.runKey, pending, options);
    this.questions.set(name, question);
    this.run.approvals.set(name, pending);
    this.record(question, { event: 'asked' });
    this.run.show();
    return question;
  }

  /** No decision is taken from here on. */
  close(question: Question, outcome: NonNullable<AuditEntry['outcome']>): void {
    const { name } = question.pending;
    question.isGone = true;
    this.questions.delete(name);
    this.run.approvals.delete(name);
    this.record(question, { event: 'closed', outcome });
    this.run.show();
  }

  /** The question has changed, or is not open to new decisions any more. */
  update(question: Question): void {
    const { pending } = question;
    if (question.waits) this.run.approvals.set(pending.name, pending);
    else this.run.approvals.delete(pending.name);
    this.run.show();
  }

  record(question: Question, entry: Omit<AuditEntry, 'at' | 'approval' | 'occurrence'>): void {
    const { name: approval, occurrence, digest } = question.pending;
    this.log.add({ approval, occurrence, digest, ...entry });
  }

  isCounted(decision: DecisionInput): boolean {
    const key = keyOf(decision);
    return key !== undefined && this.counted.has(key);
  }

  /** Counted before, so it has no effect any more; recorded. */
  isRepeated(decision: DecisionInput, via: Via): boolean {
    if (!this.isCounted(decision)) return false;
    this.recordDecision(decision, { event: 'repeated', via });
    return true;
  }

  /** Why a decision of good form has no effect; undefined when it was counted, now or before. */
  async take(decision: DecisionInput, via: Via): Promise<Refusal | undefined> {
    if (this.isRepeated(decision, via)) return undefined;
    const question = this.questions.get(decision.approval);
    const refusal = hindrance(question, decision) ?? (this.checking >= mostChecking ? crowded(decision) : undefined);
    const told = refusal ?? (await this.takeTurn(question as Question, decision, via));
    if (told !== undefined) this.recordRefusal(decision, via, told);
    return told;
  }

  /** For histories from before decisions were checked. False when an earlier one was taken in the same instant. */
  takeUnchecked(decision: DecisionInput, via: Via): boolean {
    const question = this.questions.get(decision.approval);
    if (question?.waits !== true) return false;
    this.count(question, { decision, via, decider: { by: decision.by, roles: [], isAuthenticated: false } });
    return true;
  }

  recordRefusal(decision: DecisionInput, via: Via, { type, message }: Refusal): void {
    this.recordDecision(decision, { event: 'refused', via, reason: `${type}: ${message}` });
  }

  /** Of a decision that is about no question that waits, or of one that may not decide it. */
  recordDecision(
    decision: DecisionInput,
    entry: Pick<AuditEntry, 'event' | 'via' | 'reason' | 'newDigest'> & Partial<Decider>,
  ): void {
    const { approval, digest, outcome, by, id, comment } = decision;
    const last = (this.asked.get(approval) ?? 1) - 1;
    const occurrence = this.questions.get(approval)?.pending.occurrence ?? last;
    this.log.add({
      approval,
      occurrence,
      ...(digest !== undefined && { digest }),
      outcome,
      by,
      ...(id !== undefined && { id }),
      ...(comment !== undefined && { comment }),
      ...entry,
    });
  }

  /**
   * The problem with an edited content or an answer as one line, or undefined. A check that throws would fail the run: it
   * refuses.
   */
  problemOfValue({ approval, outcome, content, answer }: DecisionInput): string | undefined {
    const options = this.questions.get(approval)?.options;
    try {
      if (outcome === 'edited') return named('content', options?.checkEdit?.(content ?? null));
      return outcome === 'answered' ? named('answer', options?.checkAnswer?.(answer ?? null)) : undefined;
    } catch (error) {
      const told = error instanceof Error ? error.message : String(error);
      return named(outcome === 'edited' ? 'content' : 'answer', `its check failed: ${told}`);
    }
  }

  thresholdOf(review: string, { otherwise }: { otherwise: number }): number {
    return this.thresholds.get(review) ?? otherwise;
  }

  setThreshold({ review, below, by }: ThresholdInput): number {
    this.thresholds.set(review, below);
    const occurrence = this.asked.get(review) ?? 0;
    this.log.add({ event: 'thresholdSet', approval: review, occurrence, by, below, via: 'update' });
    return below;
  }

  audit(): RunAudit {
    const { entries, omitted } = this.log;
    return { entries, omitted, ignoredSignals: this.run.ignoredDecisions };
  }

  memory(): ApprovalMemory | undefined {
    if (this.asked.size === 0 && this.thresholds.size === 0) return undefined;
    return {
      asked: Object.fromEntries(this.asked),
      counted: [...this.counted].slice(-mostCounted),
      ...(this.thresholds.size > 0 && { thresholds: Object.fromEntries(this.thresholds) }),
    };
  }

  private async takeTurn(question: Question, decision: DecisionInput, via: Via): Promise<Refusal | undefined> {
    question.checking += 1;
    this.checking += 1;
    try {
      return await this.turn.take(() => this.judge(question, decision, via));
    } finally {
      this.checking -= 1;
      question.checking -= 1;
    }
  }

  private async judge(question: Question, decision: DecisionInput, via: Via): Promise<Refusal | undefined> {
    // The one before it in the queue may have been the same, or may have changed what this one is about.
    if (this.isRepeated(decision, via)) return undefined;
    const hindered = hindrance(question, decision);
    if (hindered !== undefined) return hindered;
    const checked = await check(question.options, decision);
    if (!checked.ok) return checked;
    const { decider, value } = checked;
    // Its run may have gone on without it meanwhile.
    const refusal = hindrance(question, decision) ?? missingRight(question.pending, decider);
    if (refusal !== undefined) return refusal;
    this.count(question, { decision, via, decider, ...(value !== undefined && { value }) });
    return undefined;
  }

  private count(question: Question, counting: CountedDecision): void {
    const { decision, via, decider } = counting;
    const value = counting.value ?? decision.content ?? decision.answer;
    question.count({ decision, by: decider.by, value });
    const key = keyOf(decision);
    if (key !== undefined) this.counted.add(key);
    const edited = decision.outcome === 'edited' && { newDigest: question.pending.digest };
    this.recordDecision(decision, { event: 'decided', via, ...decider, ...edited });
    this.update(question);
  }
}

function named(field: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${field}: ${problem}`;
}

interface CountedDecision {
  readonly decision: DecisionInput;
  readonly via: Via;
  readonly decider: Decider;
  /** As its schema reads it. */
  readonly value?: JsonValue;
}

/** At its deadline a question still takes what came before: it is gone when that has been checked. */
function hindrance(question: Question | undefined, decision: DecisionInput): Refusal | undefined {
  if (question === undefined || question.end !== undefined || question.isGone) return tooLate(decision);
  return staleness(question.pending, decision);
}

function crowded({ approval }: DecisionInput): Refusal {
  const message = `${mostChecking} decisions are being checked already, one on "${approval}" has no place; send it again`;
  return { type: 'Capacity.Overloaded', message };
}

/** A decision without a digest is from before, when none had an id. */
function keyOf({ digest, id }: DecisionInput): string | undefined {
  return digest === undefined || id === undefined ? undefined : `${digest}/${id}`;
}

const desks = new WeakMap<RunState, ApprovalDesk>();

export function deskOf(run: RunState): ApprovalDesk {
  let desk = desks.get(run);
  if (desk === undefined) {
    const opened = new ApprovalDesk(run, run.carriedApprovals);
    run.approvalMemory = () => opened.memory();
    desks.set(run, opened);
    desk = opened;
  }
  return desk;
}
