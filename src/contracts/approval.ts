/** A question to a person, and the answer. */
import type { JsonValue } from './json';

export const decisionKinds = ['approve', 'reject', 'edit'] as const;
/** What a reviewer may be allowed to do. */
export type DecisionKind = (typeof decisionKinds)[number];

export const decisionOutcomes = ['approved', 'rejected', 'edited'] as const;
export type DecisionOutcome = (typeof decisionOutcomes)[number];

/** What a reviewer sends. */
export interface DecisionInput {
  /** Name of the approval, as `approval(name, …)` was called. */
  readonly approval: string;
  readonly outcome: DecisionOutcome;
  /** Who decides, e.g. `ana@acme`. */
  readonly by: string;
  readonly comment?: string;
  /** The edited content; required for `edited`, refused otherwise. */
  readonly content?: JsonValue;
}

/** What the pipeline gets. `content` is what was shown, or the reviewer's version of it. */
export interface Decision<T = JsonValue> {
  readonly outcome: DecisionOutcome | 'expired';
  readonly content: T;
  readonly by?: string;
  readonly comment?: string;
  /** ISO 8601, on the workflow's clock. */
  readonly at: string;
}

export interface PendingApproval {
  readonly name: string;
  readonly title: string;
  readonly show: JsonValue;
  readonly allow: readonly DecisionKind[];
  /** ISO 8601. */
  readonly askedAt: string;
  /** ISO 8601; absent = waits for ever. */
  readonly deadlineAt?: string;
}
