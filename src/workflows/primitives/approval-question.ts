/** One question while it waits: what is shown, who has said what, and the end of it. */
import type { Decision, DecisionInput, DecisionOutcome, PendingApproval, Vote } from '../../contracts/approval';
import { digestOfQuestion } from '../../contracts/approval-digest';
import type { JsonValue } from '../../contracts/json';
import { countVote } from '../policy/approval-ballot';
import type { BallotRules } from '../policy/approval-ballot';
import type { ApprovalOptions } from './approval-options';

/** The last decision that was needed. */
interface End {
  readonly outcome: DecisionOutcome;
  readonly vote: Vote;
}

export interface Counting {
  readonly decision: DecisionInput;
  /** Who decides, as it was found out. */
  readonly by: string;
  /** The edited content or the answer, as its schema reads it. */
  readonly value: JsonValue | undefined;
}

export class Question {
  end?: End;
  /** Its time is over: only what came before is still judged. */
  isOver = false;
  /** Its run goes on without it. */
  isGone = false;
  /** Decisions that came while it waited and are being checked. */
  checking = 0;
  private answer: JsonValue | undefined;
  private isEdited = false;
  private votes: readonly Vote[] = [];
  private readonly rules: BallotRules;

  constructor(
    private readonly runKey: string,
    private current: PendingApproval,
    readonly options: ApprovalOptions<unknown>,
  ) {
    this.rules = { required: options.required ?? 1, rejections: options.rejections ?? 1 };
  }

  get pending(): PendingApproval {
    return this.current;
  }

  get waits(): boolean {
    return this.end === undefined && !this.isOver && !this.isGone;
  }

  count({ decision, by, value }: Counting): void {
    const { outcome, comment } = decision;
    const at = new Date().toISOString();
    const vote: Vote = { by, outcome, ...(comment !== undefined && { comment }), at };
    if (outcome === 'edited') this.edit(value ?? null);
    if (outcome === 'answered') this.answer = value ?? null;
    const ballot = countVote(this.votes, vote, this.rules);
    this.votes = ballot.votes;
    if (this.areSeveral) this.current = { ...this.current, votes: ballot.votes };
    if (ballot.outcome === undefined) return;
    const isApproved = ballot.outcome === 'approved';
    this.end = { outcome: isApproved && this.isEdited ? 'edited' : ballot.outcome, vote };
  }

  escalate(to: readonly string[]): void {
    const roles = [...new Set([...(this.current.roles ?? []), ...to])];
    this.current = { ...this.current, roles, escalatedAt: new Date().toISOString() };
  }

  /** What the pipeline gets. Without an end its time was over. */
  decision<T, A>(): Decision<T, A> {
    // Unless it was edited the pipeline gets back the value it gave, not its JSON.
    const content = (this.isEdited ? this.current.show : this.options.show) as T;
    const votes = this.areSeveral ? { votes: this.votes } : {};
    if (this.end === undefined) {
      const outcome = { expire: 'expired', reject: 'rejected', approve: 'approved' } as const;
      const expiry = outcome[this.options.onExpiry ?? 'expire'];
      const told = expiry === 'approved' && this.isEdited ? 'edited' : expiry;
      return { outcome: told, content, ...votes, at: new Date().toISOString() };
    }
    const { outcome, vote } = this.end;
    return {
      outcome,
      content,
      ...(outcome === 'answered' && { answer: this.answer as A }),
      by: vote.by,
      ...(vote.comment !== undefined && { comment: vote.comment }),
      ...votes,
      at: vote.at,
    };
  }

  private get areSeveral(): boolean {
    return this.rules.required > 1 || this.rules.rejections > 1;
  }

  private edit(content: JsonValue): void {
    const { name, occurrence, title } = this.current;
    const digest = digestOfQuestion({ runKey: this.runKey, approval: name, occurrence, title, show: content });
    this.isEdited = true;
    this.current = { ...this.current, show: content, digest };
  }
}
