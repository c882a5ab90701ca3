/** What a stream of text is known by: its step, and the attempt that writes it. */
import { activityInfo } from '@temporalio/activity';
import type { CallIdentity } from '../contracts/ids';
import type { AttemptStamp, StreamId } from '../journal/stream-log';

export function streamIdOf({ runKey, step, occurrence }: StreamId): StreamId {
  return { runKey, step, occurrence };
}

export function stampOf(
  { tier, callIndex }: Pick<CallIdentity, 'tier' | 'callIndex'>,
  { attempt, hop }: Pick<AttemptStamp, 'attempt' | 'hop'>,
): AttemptStamp {
  return { scheduledAtMs: activityInfo().scheduledTimestampMs, tier, callIndex, attempt, hop };
}
