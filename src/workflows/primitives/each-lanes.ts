import { CancellationScope, isCancellation } from '@temporalio/workflow';

interface Lanes {
  readonly count: number;
  readonly concurrency: number;
  /** Once true, nothing more is begun; what is in progress ends. */
  readonly isEnough?: () => boolean;
}

/**
 * Runs `work` for 0 to `count` − 1, at most `concurrency` at a time, and answers how many were begun, all of which have ended.
 * The first that throws cancels what is in progress, waits for it to end (capacity is given back), and is thrown.
 */
export async function runLanes(lanes: Lanes, work: (index: number) => Promise<void>): Promise<number> {
  const { count, concurrency, isEnough } = lanes;
  const caller = CancellationScope.current();
  let next = 0;
  const failures: unknown[] = [];
  const scope = new CancellationScope();
  await scope.run(async () => {
    const lane = async (): Promise<void> => {
      while (next < count && failures.length === 0 && isEnough?.() !== true) {
        try {
          await work(next++);
        } catch (error) {
          failures.push(error);
          scope.cancel();
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane));
  });
  if (failures.length === 0) return next;
  // Who cancels the run is told so, whatever one of the items ended with at that moment.
  throw (caller.consideredCancelled ? failures.find(isCancellation) : undefined) ?? failures[0];
}
