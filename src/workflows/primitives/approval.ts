import { condition } from '@temporalio/workflow';
import type { Decision } from '../../contracts/approval';
import type { JsonValue } from '../../contracts/json';
import { summaryLine } from '../../contracts/summary-line';
import { scheduleOf } from '../policy/approval-schedule';
import type { Due } from '../policy/approval-schedule';
import { deskOf } from './approval-desk';
import type { ApprovalDesk } from './approval-desk';
import { Notices } from './approval-notices';
import { readTimes } from './approval-options';
import type { ApprovalOptions } from './approval-options';
import type { Question } from './approval-question';
import { currentRun } from './run-state';

/**
 * Asks a person and waits, for days if need be. The question is in the `status` query; the answer comes by the `decide`
 * update or the `decision` signal, and names the digest of what was looked at. Exactly one end counts, however often and
 * on whatever way decisions are sent; see docs/approvals.md.
 *
 * Throws `Approval.Malformed` for options that make no sense, and for a name that waits already.
 *
 * @param name - unique among the approvals waiting in this run
 */
export async function approval<T, A = JsonValue>(name: string, options: ApprovalOptions<T>): Promise<Decision<T, A>> {
  const times = readTimes(name, options);
  const desk = deskOf(currentRun());
  const question = desk.ask(name, options, times.deadlineMs);
  const notices = new Notices(desk, question);
  let isCancelled = true;
  try {
    notices.send('asked');
    await new Wait(desk, question, notices).untilEnd(scheduleOf(times));
    isCancelled = false;
  } finally {
    notices.stop();
    desk.close(question, isCancelled ? 'cancelled' : question.decision().outcome);
  }
  return question.decision();
}

class Wait {
  constructor(
    private readonly desk: ApprovalDesk,
    private readonly question: Question,
    private readonly notices: Notices,
  ) {}

  async untilEnd(schedule: readonly Due[]): Promise<void> {
    const askedAtMs = Date.now();
    const summary = summaryLine(`waiting for a decision: ${this.question.pending.name}`);
    for (const { inMs, what } of schedule) {
      const leftMs = Math.max(1, askedAtMs + inMs - Date.now());
      if (await condition(() => this.isDecided, leftMs, { summary })) return;
      if (what === 'deadline') return this.expire();
      if (what === 'escalated') this.escalate();
      this.notices.send(what);
    }
    await condition(() => this.isDecided);
  }

  private get isDecided(): boolean {
    return this.question.end !== undefined;
  }

  private escalate(): void {
    const to = this.question.options.escalate?.to ?? [];
    this.question.escalate(to);
    this.desk.update(this.question);
    this.desk.record(this.question, { event: 'escalated', roles: to });
  }

  /** Who sent a decision in time is not to lose it because it was still being checked. */
  private async expire(): Promise<void> {
    this.question.isOver = true;
    this.desk.update(this.question);
    await condition(() => this.isDecided || this.question.checking === 0);
  }
}
