import type { PendingApproval } from '../../contracts/approval';
import { digestOfQuestion } from '../../contracts/approval-digest';
import { malformed, readShown } from './approval-options';
import type { ApprovalOptions } from './approval-options';
import type { RunState } from './run-state';

export interface Asking {
  readonly name: string;
  readonly occurrence: number;
  readonly options: ApprovalOptions<unknown>;
  readonly deadlineMs: number | undefined;
}

/** The question as it is shown. Throws `Approval.Malformed` for what cannot be asked. */
export function pendingOf(
  run: Pick<RunState, 'runKey' | 'startedBy'>,
  { name, occurrence, options, deadlineMs }: Asking,
): PendingApproval {
  const now = Date.now();
  const { title, allow = ['approve', 'reject'], roles, required = 1, editSchema, answerSchema } = options;
  const show = readShown(name, options.show);
  const { runKey } = run;
  return {
    name,
    occurrence,
    title,
    show,
    digest: digestOfQuestion({ runKey, approval: name, occurrence, title, show }),
    allow,
    askedAt: new Date(now).toISOString(),
    ...(deadlineMs !== undefined && { deadlineAt: new Date(now + deadlineMs).toISOString() }),
    ...(roles !== undefined && { roles }),
    ...(options.notStarter === true && { notBy: starterFor(run, name) }),
    ...(required > 1 && { required }),
    ...(editSchema !== undefined && { editSchema }),
    ...(answerSchema !== undefined && { answerSchema }),
  };
}

function starterFor({ startedBy }: Pick<RunState, 'startedBy'>, name: string): string {
  if (startedBy !== undefined) return startedBy;
  throw malformed(name, 'notStarter: nobody knows who started this run; start it with `startedBy`');
}
