/**
 * Sees one batch of a provider through:
 *
 *   submit ──▶ poll, further and further apart ──▶ collect ──▶ everybody was told
 *     ▲                 │ nobody waits any more: call it off, and collect what was done
 *     └── not run: handed in again after a while ──┘
 *
 * Questions, answers and the provider's id stand in the store: this workflow may be terminated and started again.
 */
import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  scheduleActivity,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  BatchFailure,
  BatchInput,
  BatchRef,
  CollectBatchOutput,
  PollBatchOutput,
  SubmitBatchOutput,
} from '../../contracts/batch';
import { activityNames, batchAbandonedSignalName } from '../../contracts/names';
import { summaryLine } from '../../contracts/summary-line';
import { failureOf } from '../policy/failure-of';
import { pollDelayMs } from '../policy/poll-delay';

const abandoned = defineSignal(batchAbandonedSignalName);
const progress = defineQuery<string>('batchProgress');

const shortMs = 60_000;
/** Longer than any provider takes: they give a batch up after 24 h themselves. */
const longestMs = 48 * 3_600_000;
const retry = { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 300_000 } as const;

export async function holdfastBatch(input: BatchInput): Promise<void> {
  const { queue, pool, key } = input;
  const ref: BatchRef = { queue, pool, key };
  const run = new BatchRun(ref, input);
  setHandler(abandoned, () => run.abandon());
  setHandler(progress, () => run.text, { description: 'How far the batch is' });
  try {
    while (!(await run.once()));
  } catch (error) {
    const { type, message, details } = failureOf(error);
    // Gone at the provider, or refused for good by us: whoever waits goes on with the next tier.
    if (type !== 'Llm.ResumeLost' && type !== 'Config.Invalid') throw error;
    await run.act<undefined>('failBatch', { type, message, details } satisfies BatchFailure);
  }
}

class BatchRun {
  text = 'being handed in';
  private isAbandoned: boolean;
  private polls: number;

  constructor(
    private readonly ref: BatchRef,
    private readonly input: BatchInput,
  ) {
    this.isAbandoned = input.isAbandoned === true;
    this.polls = input.polls ?? 0;
  }

  abandon(): void {
    this.isAbandoned = true;
  }

  /** True when it is over. */
  async once(): Promise<boolean> {
    const submitted = await this.act<SubmitBatchOutput>('submitBatch');
    if (submitted.kind === 'over') return true;
    const { endpoint, count } = submitted;
    await this.follow(`batch of ${count} requests at ${endpoint}`, count);
    const collected = await this.act<CollectBatchOutput>('collectBatch');
    if (collected.kind === 'done') {
      this.show(
        `batch of ${count} requests at ${endpoint}: ${collected.answered} answered, ${collected.failed} failed`,
      );
      return true;
    }
    this.show(`batch of ${count} requests, handed in again: ${collected.why}`);
    if (collected.inMs > 0) await sleep(collected.inMs, { summary: summaryLine(this.text) });
    this.polls = 0;
    return false;
  }

  private async follow(what: string, count: number): Promise<void> {
    let isCalledOff = false;
    for (;;) {
      const { isOver, done } = await this.act<PollBatchOutput>('pollBatch');
      if (isOver) return;
      this.show(`${what}, ${Math.floor((100 * done) / Math.max(1, count))} % done`);
      if (this.isAbandoned && !isCalledOff) {
        await this.act<undefined>('cancelBatch');
        isCalledOff = true;
        this.polls = 0;
      }
      const wake = (): boolean => this.isAbandoned && !isCalledOff;
      await condition(wake, pollDelayMs(this.polls), { summary: summaryLine(this.text) });
      this.polls += 1;
      if (workflowInfo().continueAsNewSuggested) {
        await continueAsNew<typeof holdfastBatch>({ ...this.input, polls: this.polls, isAbandoned: this.isAbandoned });
      }
    }
  }

  act<T>(name: BatchActivity, ...args: readonly unknown[]): Promise<T> {
    const isLong = name !== 'pollBatch' && name !== 'cancelBatch';
    return scheduleActivity<T>(activityNames[name], [this.ref, ...args], {
      summary: summaryLine(summaries[name]),
      scheduleToCloseTimeout: longestMs,
      startToCloseTimeout: isLong ? longAttemptMs : shortMs,
      ...(isLong && { heartbeatTimeout: heartbeatTimeoutMs }),
      retry,
    });
  }

  private show(text: string): void {
    this.text = text;
    setCurrentDetails(text);
  }
}

type BatchActivity = 'submitBatch' | 'pollBatch' | 'cancelBatch' | 'collectBatch' | 'failBatch';

const longAttemptMs = 30 * 60_000;
const heartbeatTimeoutMs = 10_000;

const summaries: Readonly<Record<BatchActivity, string>> = {
  submitBatch: 'hand the batch in, once',
  pollBatch: 'how far is it',
  cancelBatch: 'call it off: nobody waits for it',
  collectBatch: 'results into the journal',
  failBatch: 'give it up',
};
