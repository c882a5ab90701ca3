/** A question to a person, and the answer. */
import type { JsonValue } from './json';

export const decisionKinds = ['approve', 'reject', 'edit', 'answer'] as const;
/** What a reviewer may be allowed to do. */
export type DecisionKind = (typeof decisionKinds)[number];

export const decisionOutcomes = ['approved', 'rejected', 'edited', 'answered'] as const;
export type DecisionOutcome = (typeof decisionOutcomes)[number];

/** What a reviewer sends. */
export interface DecisionInput {
  /** Name of the approval, as `approval(name, …)` was called. */
  readonly approval: string;
  readonly outcome: DecisionOutcome;
  /** Who decides, e.g. `ana@acme`. */
  readonly by: string;
  /** `digest` of the pending approval that was looked at. A decision on anything else is refused as stale. */
  readonly digest?: string;
  readonly comment?: string;
  /** The edited content; required for `edited`, refused otherwise. */
  readonly content?: JsonValue;
  /** The answer; required for `answered`, refused otherwise. */
  readonly answer?: JsonValue;
  /** Names this decision: sent again under the same name it counts once. Absent = every sending is a decision. */
  readonly id?: string;
  /** Proof of who decides, where the workers ask for one: see `src/security/approval-token.ts`. */
  readonly token?: string;
  /** What the sender says about itself; counts only where the workers ask for no token. */
  readonly roles?: readonly string[];
}

/** What one person said, where several are asked. */
export interface Vote {
  readonly by: string;
  readonly outcome: DecisionOutcome;
  readonly comment?: string;
  /** ISO 8601, on the workflow's clock. */
  readonly at: string;
}

/** What the pipeline gets. `content` is what was shown, or the reviewer's version of it. */
export interface Decision<T = JsonValue, A = JsonValue> {
  readonly outcome: DecisionOutcome | 'expired';
  readonly content: T;
  /** With `answered`. */
  readonly answer?: A;
  /** Whose decision was the last one needed. */
  readonly by?: string;
  readonly comment?: string;
  /** Where more than one decision is needed: those that count, on the content as it is. */
  readonly votes?: readonly Vote[];
  /** ISO 8601, on the workflow's clock. */
  readonly at: string;
}

export interface PendingApproval {
  readonly name: string;
  /** How often this name was asked before in this run, over continue-as-new. */
  readonly occurrence: number;
  readonly title: string;
  readonly show: JsonValue;
  /** Of this one question: run, name, occurrence, title and content. It changes when the content is edited. */
  readonly digest: string;
  readonly allow: readonly DecisionKind[];
  /** ISO 8601. */
  readonly askedAt: string;
  /** ISO 8601; absent = waits for ever. */
  readonly deadlineAt?: string;
  /** Who decides has one of them; absent = anybody. */
  readonly roles?: readonly string[];
  /** Since when the group it was escalated to may decide as well, ISO 8601. */
  readonly escalatedAt?: string;
  /** Who may not decide, because they started the run. */
  readonly notBy?: string;
  /** People who must approve; absent = one. */
  readonly required?: number;
  /** What was said so far, where more than one is required. */
  readonly votes?: readonly Vote[];
  /** Output schema an edited content must match. */
  readonly editSchema?: string;
  /** Output schema an answer must match. */
  readonly answerSchema?: string;
  /** Where it is decided, when not in the run itself: a human tier asks in a workflow of its own. */
  readonly workflowId?: string;
}

/** Something that happened to an approval. */
export interface AuditEntry {
  /** ISO 8601, on the workflow's clock. */
  readonly at: string;
  readonly approval: string;
  readonly occurrence: number;
  /**
   * `decided`: a decision was counted; `repeated`: one that had been counted came again, without effect; `refused`: it
   * had no effect, `reason` says why; `closed`: the approval ended with `outcome`.
   */
  readonly event:
    'asked' | 'notified' | 'notNotified' | 'escalated' | 'thresholdSet' | 'decided' | 'repeated' | 'refused' | 'closed';
  /** Of what was asked, or of what the sender had looked at. */
  readonly digest?: string;
  readonly outcome?: DecisionOutcome | 'expired' | 'cancelled';
  readonly by?: string;
  readonly roles?: readonly string[];
  /** Whether `by` and `roles` were proven by a token. */
  readonly isAuthenticated?: boolean;
  readonly via?: 'update' | 'signal';
  /** `id` of the decision. */
  readonly id?: string;
  readonly comment?: string;
  /** Digest of the content a decision changed it to. */
  readonly newDigest?: string;
  /** With `thresholdSet`: see `reviewIfUnsure`. */
  readonly below?: number;
  /** Failure type and message; of a notice, which one and by what channel; of a human tier, where it asks. */
  readonly reason?: string;
}

/** What the `setThreshold` update takes. */
export interface ThresholdInput {
  /** Name of the review, as `reviewIfUnsure(name, …)` was called. */
  readonly review: string;
  /** Answers of less confidence than this are shown to a person; 0 to 1. */
  readonly below: number;
  /** Who changes it. */
  readonly by: string;
}

/** Answer of the `audit` query: of one run of a chain. */
export interface RunAudit {
  readonly entries: readonly AuditEntry[];
  /** Refusals and repetitions past the first 1,000: counted, not kept. */
  readonly omitted: number;
  /** Decisions that came by signal and named no approval that was ever asked, or were of no usable form. */
  readonly ignoredSignals: number;
}

/** What the approvals of a run must know of the runs it continues. */
export interface ApprovalMemory {
  /** How often each name was asked. */
  readonly asked: Readonly<Record<string, number>>;
  /** Ids of decisions that were counted. */
  readonly counted: readonly string[];
  /** Thresholds set while the run was going on: see `reviewIfUnsure`. */
  readonly thresholds?: Readonly<Record<string, number>>;
}
