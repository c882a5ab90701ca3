/** The activity that checks what workflow code cannot: a signature needs crypto, a schema needs its library. */
import type { JsonValue } from './json';
import type { PendingApproval } from './approval';

export interface CheckDecisionInput {
  readonly approval: string;
  readonly digest: string;
  /** What the decision says about its sender. */
  readonly by: string;
  readonly roles?: readonly string[];
  readonly token?: string;
  /** A value, and the output schema it must match. */
  readonly typed?: { readonly field: 'content' | 'answer'; readonly schema: string; readonly value: JsonValue };
}

/** Who decides, as far as it could be found out. */
export interface Decider {
  readonly by: string;
  readonly roles: readonly string[];
  /** False: the workers have no keys, so this is what the sender says. */
  readonly isAuthenticated: boolean;
}

export type CheckDecisionOutput =
  | { readonly ok: true; readonly decider: Decider; /** As the schema reads it. */ readonly value?: JsonValue }
  | { readonly ok: false; readonly type: 'Approval.Forbidden' | 'Approval.Malformed'; readonly message: string };

export const notifyEvents = ['asked', 'reminder', 'escalated'] as const;
export type NotifyEvent = (typeof notifyEvents)[number];

/** What is told to people: what they need to find the question, and not the content, which may be confidential. */
export interface Notice {
  readonly event: NotifyEvent;
  readonly workflowId: string;
  readonly pipeline: string;
  readonly approval: Pick<
    PendingApproval,
    'name' | 'occurrence' | 'title' | 'digest' | 'allow' | 'askedAt' | 'deadlineAt' | 'roles' | 'required'
  >;
}

export interface NotifyInput {
  /** Name of a channel: see `docs/approvals.md`, Notices. */
  readonly channel: string;
  readonly notice: Notice;
}
