/** What a run cannot do itself when people decide: check a signature or a schema, and tell people. */
import { createHash } from 'node:crypto';
import { activityInfo, log } from '@temporalio/activity';
import type {
  CheckDecisionInput,
  CheckDecisionOutput,
  Decider,
  Notice,
  NotifyInput,
} from '../contracts/approval-check';
import { HoldfastError } from '../errors/holdfast-error';
import type { SchemaRegistry } from '../schemas/registry';
import type { Notifier } from './notify';
import { toApplicationFailure } from './to-application-failure';

export interface ApprovalActivities {
  /** Who decides, and whether what they wrote fits. A refusal is an answer, not a failure: it is final. */
  checkDecision(input: CheckDecisionInput): Promise<CheckDecisionOutput>;
  notifyPeople(input: NotifyInput): Promise<void>;
}

/** What a token must be of. */
export interface TokenSubject {
  readonly workflowId: string;
  readonly approval: string;
  readonly digest: string;
}

export interface TokenVerifier {
  /** Who it was made for. Throws `Approval.Forbidden` when it is forged, expired or of another question. */
  verify(token: string, subject: TokenSubject): { readonly by: string; readonly roles: readonly string[] };
}

export interface ApprovalDependencies {
  readonly schemas: SchemaRegistry;
  /** Absent: approvals are not authenticated, and everybody is who they say they are. */
  readonly tokens?: TokenVerifier;
  /** Channels by name. */
  readonly notifiers: ReadonlyMap<string, Notifier>;
}

export function createApprovalActivities(deps: ApprovalDependencies): ApprovalActivities {
  return {
    checkDecision: (input) => toApplicationFailure(() => check(deps, input)),
    notifyPeople: (input) => toApplicationFailure(() => notify(deps, input)),
  };
}

function check({ schemas, tokens }: ApprovalDependencies, input: CheckDecisionInput): CheckDecisionOutput {
  const { typed } = input;
  let decider: Decider;
  try {
    decider = deciderOf(tokens, input);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.type !== 'Approval.Forbidden') throw error;
    return { ok: false, type: error.type, message: error.message };
  }
  if (typed === undefined) return { ok: true, decider };
  const parsed = schemas.get(typed.schema).parse(JSON.stringify(typed.value));
  if (parsed.ok) return { ok: true, decider, value: parsed.value };
  const message = `decision: ${typed.field}: does not match ${typed.schema}: ${oneLine(parsed.issues)}`;
  return { ok: false, type: 'Approval.Malformed', message };
}

function deciderOf(tokens: TokenVerifier | undefined, input: CheckDecisionInput): Decider {
  const { by, roles = [], token, approval, digest } = input;
  if (tokens === undefined) return { by, roles, isAuthenticated: false };
  if (token === undefined) {
    throw new HoldfastError('Approval.Forbidden', `"${approval}": a decision needs an approval token, ${by} sent none`);
  }
  const workflowId = activityInfo().workflowExecution?.workflowId ?? '';
  return { ...tokens.verify(token, { workflowId, approval, digest }), isAuthenticated: true };
}

/** A message of many lines goes back to whoever sent the decision, and into history. */
function oneLine(issues: string): string {
  const text = issues.replaceAll(/\s*\n\s*/g, '; ');
  return text.length <= 1_000 ? text : `${text.slice(0, 1_000)}…`;
}

async function notify({ notifiers }: ApprovalDependencies, { channel, notice }: NotifyInput): Promise<void> {
  const notifier = notifiers.get(channel);
  if (notifier === undefined) {
    const known = notifiers.size === 0 ? 'none is set up' : `set up: ${[...notifiers.keys()].join(', ')}`;
    throw new HoldfastError('Config.Invalid', `there is no channel "${channel}" to tell people by (${known})`);
  }
  await notifier(notice, { idempotencyKey: noticeKeyOf(notice) });
  log.debug('people were told', { channel, event: notice.event, approval: notice.approval.name });
}

/** The digest names one question of one run; the activity's id tells its reminders apart, and is the same in every attempt. */
function noticeKeyOf({ event, workflowId, approval: { name, digest } }: Notice): string {
  const parts = [workflowId, name, digest, event, activityInfo().activityId];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
