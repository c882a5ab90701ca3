import { CancellationScope, condition } from '@temporalio/workflow';

/**
 * One local activity at a time.
 *
 * Local activities that run side by side resolve one by one while a workflow runs for the first time, but together, in
 * one activation, when it is replayed. What each of them leads to (a call, a timer) is then issued in another order,
 * and the replay fails. With one at a time both look the same. They take a few milliseconds, so waiting for one's turn
 * costs next to nothing beside the call that follows.
 *
 * One that is still under way when its workflow task ends (a slow store, a query that is answered meanwhile) resolves, at
 * first, after what the next task brings; on replay, together with it, in one activation. So what comes after a local
 * activity waits until everything else of that activation has gone as far as it can.
 */
export class Turn {
  private last: Promise<void> = Promise.resolve();

  /** Runs `work` after everything that asked before. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const previous = this.last;
    let finish: () => void = () => undefined;
    this.last = new Promise((resolve) => (finish = resolve));
    await previous;
    try {
      return await work();
    } finally {
      await lastOfActivation();
      finish();
    }
  }
}

/**
 * Conditions are looked at when an activation has run out of microtasks: the first look starts what waits for conditions,
 * the second comes after that. It costs no event of history, and also a cancelled run waits for it.
 */
async function lastOfActivation(): Promise<void> {
  for (let look = 0; look < 2; look++) {
    let isFirst = true;
    await CancellationScope.nonCancellable(() =>
      condition(() => {
        const isLater = !isFirst;
        isFirst = false;
        return isLater;
      }),
    );
  }
}
