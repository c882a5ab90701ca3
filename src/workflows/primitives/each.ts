import { CancellationScope } from '@temporalio/workflow';
import { HoldfastError } from '../../errors/holdfast-error';

export interface EachOptions {
  /** Items in progress at once. Default 8. */
  readonly concurrency?: number;
}

/**
 * Runs `work` for every item, at most `concurrency` at a time, and gives the results in the items' order.
 * The first failure cancels what is in progress, waits for it to end (capacity is given back), and is thrown.
 */
export async function each<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  options: EachOptions = {},
): Promise<R[]> {
  const concurrency = options.concurrency ?? 8;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    // Typed, because it may come from the run's input: a plain error would be retried for ever.
    throw new HoldfastError(
      'Pipeline.InvalidInput',
      `each: concurrency must be a whole number of at least 1, received ${concurrency}`,
    );
  }
  const results: R[] = [];
  let next = 0;
  const failures: unknown[] = [];
  const scope = new CancellationScope();
  await scope.run(async () => {
    const lane = async (): Promise<void> => {
      while (next < items.length && failures.length === 0) {
        const index = next++;
        try {
          results[index] = await work(items[index] as T, index);
        } catch (error) {
          failures.push(error);
          scope.cancel();
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
  });
  if (failures.length > 0) throw failures[0];
  return results;
}
