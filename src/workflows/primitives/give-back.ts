/**
 * What a call has claimed and will not use goes back: its start, the attempts booked ahead for it, its place in the queue.
 * One local activity that a cancellation does not stop, in the run's turn.
 *
 * Runs that were recorded when only grants were given back hold no such activity where there was none: patched.
 */
import { CancellationScope, isCancellation, patched, scheduleLocalActivity } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { activityNames } from '../../contracts/names';
import { summaryLine } from '../../contracts/summary-line';
import type { CallIdentity } from '../../contracts/ids';
import type { Grant, ReleaseGrantInput } from '../../contracts/step';
import { rootOf } from '../../errors/root-of';
import type { Turn } from './turn';

const givesBackAll = '2026-11-21-give-back-all';

/** What the store holds for a call that is being opened. */
export interface Held {
  readonly id: CallIdentity;
  readonly pool: string;
  readonly hop: number;
  /** False: a place in the queue. */
  readonly isGranted: boolean;
  /** See `OpenStepOutput`. */
  readonly mayLeave?: boolean;
}

/** For an opening that ends without its call. */
export async function giveBackHeld(turn: Turn, { id, pool, hop, isGranted, mayLeave }: Held): Promise<void> {
  if (isGranted || mayLeave === true || patched(givesBackAll)) await release(turn, { id, pool, hop });
}

interface EndedCall {
  readonly id: CallIdentity;
  readonly pool: string;
  /** Absent when the journal held the answer. */
  readonly grant?: Grant;
  /** How many Temporal makes at most. */
  readonly attempts: number;
  readonly error: unknown;
}

/** For a call that has ended with `error`. One that ended by itself has given back what it did not use. */
export async function giveBackCall(turn: Turn, { id, pool, grant, attempts, error }: EndedCall): Promise<void> {
  const isCancelled = isCancellation(error);
  // A cancellation that reaches the server while an attempt fails ends the call with that failure: no retry will come
  // for what it has booked. A worker that fell silent may still be calling, so what it holds is left to its lease.
  const isLastWord = CancellationScope.current().consideredCancelled && rootOf(error) instanceof ApplicationFailure;
  if (!isCancelled && !isLastWord) return;
  const hasAlwaysReleased = isCancelled && grant !== undefined;
  if (hasAlwaysReleased || patched(givesBackAll)) await release(turn, { id, pool, hop: grant?.hop ?? 0, attempts });
}

async function release(turn: Turn, input: ReleaseGrantInput): Promise<void> {
  const giveBack = () =>
    scheduleLocalActivity<undefined>(activityNames.releaseGrant, [input], {
      startToCloseTimeout: 2_000,
      retry: { maximumAttempts: 2 },
      summary: summaryLine(`release ${input.pool}`),
    });
  // Leases and places end by themselves; a store that does not answer must not hold up a cancellation.
  await turn.take(() => CancellationScope.nonCancellable(giveBack)).catch(() => undefined);
}
