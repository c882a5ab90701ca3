/** Sends decisions the way programs do that never give up, and some that no program should send. */
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import type { RunHandle } from '../../src/client';
import type { GivenDecision } from '../../src/client';
import { completeDecision } from '../../src/client/complete-decision';
import { HoldfastError } from '../../src/errors';
import { digestOfQuestion } from '../../src/contracts/approval-digest';
import type { ApprovalTokens } from '../../src/security/approval-token';
import { contentOf, nameOf, occurrenceOf, title } from './plan';

const pauseMs = 40;
/** Of a few workers that die one after the other; longer, and a run stands still. */
const longestMs = 300_000;

/** `counted`, or the failure type it was refused with. */
export type Reply = string;

interface SenderParts {
  readonly run: RunHandle;
  /** Temporal's own, for what our client would not send. */
  readonly raw: WorkflowHandle;
  readonly runKey: string;
  readonly tokens: ApprovalTokens;
}

export class Sender {
  private readonly run: RunHandle;
  private readonly raw: WorkflowHandle;
  private readonly runKey: string;
  private readonly tokens: ApprovalTokens;

  constructor({ run, raw, runKey, tokens }: SenderParts) {
    this.run = run;
    this.raw = raw;
    this.runKey = runKey;
    this.tokens = tokens;
  }

  digestOf(number: number, show: { readonly text: string } = contentOf(number)): string {
    return digestOfQuestion({
      runKey: this.runKey,
      approval: nameOf(number),
      occurrence: occurrenceOf(number),
      title,
      show,
    });
  }

  /** Until somebody answers: a worker that is killed takes an answer with it, and the decision goes out again. */
  async decide(number: number, decision: GivenDecision): Promise<Reply> {
    const endsAt = Date.now() + longestMs;
    for (;;) {
      try {
        await this.run.decide(nameOf(number), decision);
        return 'counted';
      } catch (error) {
        if (error instanceof HoldfastError && error.type.startsWith('Approval.')) return error.type;
        if (error instanceof HoldfastError && error.type === 'Pipeline.NotFound') return error.type;
        if (Date.now() > endsAt) throw error;
      }
      await pause();
    }
  }

  async signal(number: number, decision: GivenDecision): Promise<void> {
    const { tokens } = this;
    const { workflowId } = this.run;
    await this.send(
      'decision',
      completeDecision({ workflowId, approval: nameOf(number), decision, digest: decision.digest, tokens }),
    );
  }

  /** A run takes at most ten updates at once and is not there between two runs of its chain: again until it is taken. */
  async send(signal: string, value: unknown): Promise<void> {
    const endsAt = Date.now() + longestMs;
    for (;;) {
      try {
        return await this.raw.signal(signal, value);
      } catch (error) {
        if (Date.now() > endsAt) throw error;
      }
      await pause();
    }
  }

  /**
   * Asks with a decision that the validator refuses, so that history shows nothing of it. A question with a deadline may
   * be over before anybody has seen it.
   */
  async untilAsked(number: number): Promise<void> {
    const endsAt = Date.now() + longestMs;
    const probe = { approval: nameOf(number), outcome: 'rejected', by: 'nobody' };
    while (Date.now() < endsAt) {
      const told = await this.raw
        .executeUpdate<string, [object]>('decide', { args: [probe] })
        .catch((error: unknown) => (error instanceof WorkflowNotFoundError ? over : messageOf(error)));
      const isPast = told === over || [1, 2, 3, 4].some((later) => told.includes(`waiting: ${nameOf(number + later)}`));
      if (isPast || told.includes('digest: required')) return;
      await pause();
    }
    throw new Error(`${this.run.workflowId}: question ${number} was never asked`);
  }
}

const over = 'the run has ended';

function messageOf(error: unknown): string {
  return (error as { cause?: { message?: string } }).cause?.message ?? '';
}

function pause(): Promise<void> {
  return new Promise((done) => setTimeout(done, pauseMs));
}
