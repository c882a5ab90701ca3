/**
 * Runs an activity of Holdfast in this process, without Temporal. The activities read their attempt, their time and
 * their cancellation from the context that a worker gives them; here we give it, as Temporal's own test environment
 * does. Only for work that needs no history, such as evals: nobody takes over when this process dies.
 */
import { Context, asyncLocalStorage } from '@temporalio/activity';
import type { Info } from '@temporalio/activity';
import { noopMetricMeter } from '@temporalio/common';
import type { Logger } from '@temporalio/common';

export interface InProcessAttempt {
  /** Name of the activity, for messages. */
  readonly activity: string;
  /** From 1. */
  readonly attempt: number;
  /** `Date.now()` when the first attempt began. */
  readonly firstAtMs: number;
  /** From the first attempt to the end of the last, ms. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

export function runInProcess<T>(made: InProcessAttempt, work: () => Promise<T>): Promise<T> {
  const { signal } = made;
  const cancelled = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  // Who does not wait for it is not to be ended by it.
  cancelled.catch(() => undefined);
  const noHeartbeat = (): void => undefined;
  const context = new Context(infoOf(made), cancelled, signal, noHeartbeat, undefined, silent, noopMetricMeter, {});
  return asyncLocalStorage.run(context, work);
}

function infoOf({ activity, attempt, firstAtMs, limitMs }: InProcessAttempt): Info {
  return {
    taskToken: new Uint8Array(),
    base64TaskToken: '',
    activityId: activity,
    activityType: activity,
    activityNamespace: 'in-process',
    namespace: 'in-process',
    taskQueue: 'in-process',
    attempt,
    isLocal: true,
    inWorkflow: false,
    scheduledTimestampMs: firstAtMs,
    currentAttemptScheduledTimestampMs: Date.now(),
    scheduleToCloseTimeoutMs: limitMs,
    startToCloseTimeoutMs: limitMs,
    heartbeatDetails: undefined,
  };
}

/** What goes wrong is in the outcome: nobody reads a log here. */
const nothing = (): void => undefined;
const silent: Logger = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
