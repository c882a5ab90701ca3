/** Tells people of a question, beside the run: a channel that does not work holds nothing up. */
import { CancellationScope, isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { ApprovalActivities } from '../../activities/approval-activities';
import type { Notice, NotifyEvent } from '../../contracts/approval-check';
import { summaryLine } from '../../contracts/summary-line';
import { rootOf } from '../../errors/root-of';
import type { ApprovalDesk } from './approval-desk';
import type { Question } from './approval-question';

const { notifyPeople } = proxyActivities<ApprovalActivities>({
  startToCloseTimeout: '20 seconds',
  // A channel that is down for a while is told when it is back; after an hour the reminder has more to say.
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '2 seconds', maximumInterval: '5 minutes', nonRetryableErrorTypes: ['Config.Invalid'] },
});

export class Notices {
  private readonly scope = new CancellationScope();

  constructor(
    private readonly desk: ApprovalDesk,
    private readonly question: Question,
  ) {}

  /** On every channel of the question. Does not wait. */
  send(event: NotifyEvent): void {
    for (const channel of this.question.options.notify ?? []) void this.scope.run(() => this.sendOn(channel, event));
  }

  /** What is still to be told is of no use once the question is decided. */
  stop(): void {
    this.scope.cancel();
  }

  /** Never throws: nobody waits for it. */
  private async sendOn(channel: string, event: NotifyEvent): Promise<void> {
    const notice = this.notice(event);
    try {
      const summary = summaryLine(`${event}: ${notice.approval.name} by ${channel}`);
      await notifyPeople.executeWithOptions({ summary }, [{ channel, notice }]);
      this.desk.record(this.question, { event: 'notified', reason: `${event} by ${channel}` });
    } catch (error) {
      if (isCancellation(error)) return;
      const cause = rootOf(error);
      const told = cause instanceof ApplicationFailure ? cause.message : 'not within an hour';
      this.desk.record(this.question, { event: 'notNotified', reason: `${event} by ${channel}: ${told}` });
    }
  }

  private notice(event: NotifyEvent): Notice {
    const { workflowId, workflowType: pipeline } = workflowInfo();
    const { name, occurrence, title, digest, allow, askedAt, deadlineAt, roles, required } = this.question.pending;
    return {
      event,
      workflowId,
      pipeline,
      approval: {
        name,
        occurrence,
        title,
        digest,
        allow,
        askedAt,
        ...(deadlineAt !== undefined && { deadlineAt }),
        ...(roles !== undefined && { roles }),
        ...(required !== undefined && { required }),
      },
    };
  }
}
