import { CancellationScope, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { ItemFailure, ItemOutcome } from '../../contracts/each';
import { HoldfastError } from '../../errors/holdfast-error';
import { itemFailureOf } from '../policy/each-failure';
import { itemsFailed, readEachOptions } from '../policy/each-options';
import type { EachOptions, TolerantEachOptions } from '../policy/each-options';
import { runLanes } from './each-lanes';
import { currentRun } from './run-state';

/**
 * The server ends a run at 51,200 events or 50 MiB of history. A step has 7 to 20 events, so this is met at some 3,000
 * items: longer lists are for `eachInChunks`. The rest is for what is in progress, and for the end of the run.
 */
const fullHistory = { events: 40_000, bytes: 40 * 1024 * 1024 } as const;

/**
 * Runs `work` for every item, at most `concurrency` at a time, and gives the results in the items' order. The first
 * failure cancels what is in progress, waits for it to end (capacity is given back), and is thrown.
 *
 * With `tolerate`, the results are `{ ok: true, value }` or `{ ok: false, failure }`, and only one failed item more than
 * that ends the list, with `Pipeline.ItemsFailed`. Errors that are none of Temporal's failures are defects and never tolerated.
 *
 * @throws Pipeline.InvalidInput for options that make no sense and lists longer than `maxItems`, Pipeline.LoopLimit
 *   before the history of the run is full
 */
export function each<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  options?: EachOptions & { readonly tolerate?: undefined },
): Promise<R[]>;
export function each<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  options: TolerantEachOptions,
): Promise<ItemOutcome<R>[]>;
export async function each<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  options: EachOptions & { readonly tolerate?: TolerantEachOptions['tolerate'] | undefined } = {},
): Promise<R[] | ItemOutcome<R>[]> {
  const { concurrency, tolerated } = readEachOptions(items.length, options);
  const progress = currentRun().openList(options.name ?? 'each', items.length);
  const results: R[] = [];
  const failures: ItemFailure[] = [];
  const outcomes: ItemOutcome<R>[] = [];
  const runItem = async (index: number): Promise<void> => {
    checkHistory(`${index} of ${items.length}`, 'use eachInChunks for lists of this length');
    try {
      const value = await work(items[index] as T, index);
      results[index] = value;
      outcomes[index] = { ok: true, value };
      progress.add({ done: 1 });
    } catch (error) {
      const failure = tolerated === undefined ? undefined : toleratedFailureOf(error);
      if (tolerated === undefined || failure === undefined) throw error;
      outcomes[index] = { ok: false, failure };
      failures.push(failure);
      progress.add({ failed: 1 });
      if (failures.length > tolerated) throw itemsFailed(failures, tolerated, items.length);
    }
  };
  try {
    await runLanes({ count: items.length, concurrency }, runItem);
  } finally {
    progress.end();
  }
  return tolerated === undefined ? results : outcomes;
}

/** Undefined for what ends the list at once: a defect, and its own cancellation. */
export function toleratedFailureOf(error: unknown): ItemFailure | undefined {
  if (isCancellation(error) && CancellationScope.current().consideredCancelled) return undefined;
  return itemFailureOf(error);
}

/** Throws `Pipeline.LoopLimit` before the server would end the run. */
export function checkHistory(ended: string, instead: string): void {
  const { historyLength, historySize } = workflowInfo();
  if (historyLength < fullHistory.events && historySize < fullHistory.bytes) return;
  const message = `each: the history of the run is nearly full after ${ended} items; ${instead}`;
  throw new HoldfastError('Pipeline.LoopLimit', message, { historyLength, historySize });
}
