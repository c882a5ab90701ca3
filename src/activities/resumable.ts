/**
 * Long activities that go on where they were. Heartbeat details are what Temporal keeps of an attempt that died: the next
 * one is given them. They are a hint and no record: the SDK sends them at most every 2 s here, those of the last moment
 * before a kill are lost, and after an operator's reset there are none. So what is repeated must do no harm.
 */
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';

export interface Resuming<P> {
  /** What the attempt before reported last, or where the work begins. */
  readonly from: P;
  /**
   * Call it after each piece, once the piece is durable: the next attempt begins here. Throws `CancelledFailure` when the
   * activity has been cancelled or its worker shuts down, so that nothing more is begun.
   */
  report(progress: P): void;
}

/** Without a heartbeat timeout a dead worker shows only when the whole activity times out; then only details are sent. */
const defaultBeatMs = 3_000;

/**
 * Runs `work` from where the attempt before was, with heartbeats all along, also while one piece takes long.
 *
 * @param start - progress of the first attempt; progress is JSON, small
 */
export async function resumable<P, R>(start: P, work: (resuming: Resuming<P>) => Promise<R>): Promise<R> {
  const info = activityInfo();
  const signal = cancellationSignal();
  let progress = (info.heartbeatDetails as P | undefined) ?? start;
  const beat = (): void => heartbeat(progress);
  beat();
  const timer = setInterval(beat, info.heartbeatTimeoutMs === undefined ? defaultBeatMs : info.heartbeatTimeoutMs / 3);
  try {
    return await work({
      from: progress,
      report: (reported) => {
        progress = reported;
        beat();
        signal.throwIfAborted();
      },
    });
  } finally {
    clearInterval(timer);
  }
}
