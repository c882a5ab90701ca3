/** What an approval is asked with, and what is wrong with it. */
import type { Duration } from '@temporalio/common';
import { ApplicationFailure } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import type { DecisionKind } from '../../contracts/approval';
import type { JsonValue } from '../../contracts/json';
import { problemOfTimes } from '../policy/approval-schedule';
import type { Times } from '../policy/approval-schedule';

export interface ApprovalOptions<T> {
  /** One line the reviewer reads first. */
  readonly title: string;
  /** The content to decide on; it is shown as it is and returned as `content`. */
  readonly show: T;
  /** Default: approve and reject. */
  readonly allow?: readonly DecisionKind[];
  /** Who decides has one of these roles. Default: anybody. */
  readonly roles?: readonly string[];
  /** Whoever started the run (`startedBy`) may not decide. Default false. */
  readonly notStarter?: boolean;
  /** How many different people must approve. An edit makes another content of it: what was said before is void. Default 1. */
  readonly required?: number;
  /** How many different people must reject to end it. Default 1. */
  readonly rejections?: number;
  /** Time to decide, e.g. `3 days`; absent = waits for ever. */
  readonly deadline?: Duration;
  /** Times before the deadline at which people are told again, e.g. `['1 day']`. Needs `notify`. */
  readonly remind?: readonly Duration[];
  /** When nobody has decided `after` this time, those with a role of `to` may decide as well, and are told. */
  readonly escalate?: { readonly after: Duration; readonly to: readonly string[] };
  /** What happens at the deadline. `expire` (default) and `reject` give that outcome, `approve` approves. */
  readonly onExpiry?: 'expire' | 'reject' | 'approve';
  /** Channels of the workers that tell people about it: `webhook`, `slack`. Default: none. */
  readonly notify?: readonly string[];
  /** Output schema, by name, that an edited content must match; checked by a worker. */
  readonly editSchema?: string;
  /** Output schema, by name, that an answer must match. Default: any JSON. */
  readonly answerSchema?: string;
  /** Checks an edited content before it is accepted: the problem as one line, or undefined. Synchronous. */
  readonly checkEdit?: (content: JsonValue) => string | undefined;
  /** The same for an answer. */
  readonly checkAnswer?: (answer: JsonValue) => string | undefined;
}

/** Throws `Approval.Malformed`: a mistake in the pipeline, which would fail every attempt in the same way. */
export function readTimes(name: string, options: ApprovalOptions<unknown>): Times {
  const { remind = [], escalate } = options;
  const times: Times = {
    ...(options.deadline !== undefined && { deadlineMs: readDuration(name, 'deadline', options.deadline) }),
    remindMs: remind.map((time) => readDuration(name, 'remind', time)),
    ...(escalate !== undefined && { escalateMs: readDuration(name, 'escalate.after', escalate.after) }),
  };
  const problem = problemOfTimes(times) ?? problemOfCounts(options);
  if (problem !== undefined) throw malformed(name, problem);
  return times;
}

/** What was shown, as it reads outside. */
export function readShown(name: string, show: unknown): JsonValue {
  try {
    return JSON.parse(JSON.stringify(show ?? null)) as JsonValue;
  } catch (error) {
    throw malformed(name, `show: is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function malformed(name: string, problem: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`approval "${name}": ${problem}`, 'Approval.Malformed');
}

function readDuration(name: string, option: string, time: Duration): number {
  try {
    return msToNumber(time);
  } catch {
    throw malformed(name, `${option}: expected a time such as 3 days, received ${JSON.stringify(time)}`);
  }
}

function problemOfCounts(options: ApprovalOptions<unknown>): string | undefined {
  const { required = 1, rejections = 1, allow = [], roles, escalate, remind, notify = [] } = options;
  for (const [option, count] of Object.entries({ required, rejections })) {
    if (!Number.isInteger(count) || count < 1) return `${option}: expected a whole number of at least 1`;
  }
  if (required > 1 && allow.includes('answer')) return 'required: an answer is given by one person';
  if (roles?.length === 0) return 'roles: is empty, so nobody could decide';
  if (escalate !== undefined && roles === undefined)
    return 'escalate: anybody may decide already, as there are no roles';
  if (remind !== undefined && notify.length === 0) return 'remind: needs notify, the channels that tell people';
  return undefined;
}
