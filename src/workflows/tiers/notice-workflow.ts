/**
 * Tells one channel how a deferred step has ended. A workflow of its own, so that a channel that is down for hours holds
 * nobody up who waits for the answer itself.
 */
import { proxyActivities } from '@temporalio/workflow';
import type { DeferredActivities } from '../../activities/deferred-activities';
import type { TellDeferredInput } from '../../contracts/deferred';
import { summaryLine } from '../../contracts/summary-line';

const { tellDeferred } = proxyActivities<DeferredActivities>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '2 seconds', maximumInterval: '5 minutes', nonRetryableErrorTypes: ['Config.Invalid'] },
});

export async function holdfastNotice(input: TellDeferredInput): Promise<void> {
  const { channel, notice } = input;
  const summary = summaryLine(`${notice.event} by ${channel}: ${notice.step}`);
  await tellDeferred.executeWithOptions({ summary }, [input]);
}
