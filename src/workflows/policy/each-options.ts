/** Checks what `each` is told. It may come from the run's input, so what is wrong is typed: a plain error would be retried for ever. */
import type { ItemFailure } from '../../contracts/each';
import { HoldfastError } from '../../errors/holdfast-error';

export interface EachOptions {
  /** Items in progress at once, 1 to 1,000. Default 8. */
  readonly concurrency?: number;
  /** A longer list is refused. Default 100,000, at most 1,000,000. */
  readonly maxItems?: number;
  /**
   * `eachInChunks`: items a child takes at most, 1 to 400. Default a hundredth of the list, at least 25: enough for the
   * progress to move, and too few for items that wait for hours and are to wait together.
   */
  readonly chunkItems?: number;
  /** What the status calls it. Default `each`, or the name of the work. */
  readonly name?: string;
}

export interface TolerantEachOptions extends EachOptions {
  /** How many items may fail, or which share of the list, rounded down: `5`, `'2%'`, `'0.5%'`. */
  readonly tolerate: number | `${number}%`;
}

export interface ReadOptions {
  readonly concurrency: number;
  /** Undefined in the strict form: the first failure is thrown as it is. */
  readonly tolerated: number | undefined;
  readonly chunkItems?: number;
}

/** The server holds 2,000 activities of a run at most, and an item may have more than one. */
const mostConcurrency = 1_000;
const defaultMaxItems = 100_000;
/** What fits the history of a child: see `chunkItemsOf`. */
const mostChunkItems = 400;
/** What `occurrenceOf` has room for. */
const mostItems = 1_000_000;

export function readEachOptions(
  itemCount: number,
  { concurrency = 8, maxItems = defaultMaxItems, tolerate, chunkItems }: EachOptions & { readonly tolerate?: unknown },
): ReadOptions {
  checkWhole('concurrency', concurrency, mostConcurrency);
  checkWhole('maxItems', maxItems, mostItems);
  if (chunkItems !== undefined) checkWhole('chunkItems', chunkItems, mostChunkItems);
  if (itemCount > maxItems) {
    throw invalid(`${itemCount} items, at most ${maxItems} are taken; split the list or raise maxItems`);
  }
  const tolerated = tolerate === undefined ? undefined : toleratedOf(tolerate, itemCount);
  return { concurrency, tolerated, ...(chunkItems !== undefined && { chunkItems }) };
}

/** How many items may fail. */
export function toleratedOf(tolerate: unknown, itemCount: number): number {
  if (typeof tolerate === 'number' && Number.isInteger(tolerate) && tolerate >= 0) return tolerate;
  const [, percent] = typeof tolerate === 'string' ? (/^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(tolerate) ?? []) : [];
  // In integers: 0.07 × 100 is not 7 in floating point.
  const millionths = Math.round(Number(percent ?? Number.NaN) * 1_000_000);
  if (millionths >= 0 && millionths <= 100_000_000) return Math.floor((millionths * itemCount) / 100_000_000);
  throw invalid(`tolerate must be a whole number or a share such as '5%', received ${JSON.stringify(tolerate)}`);
}

function checkWhole(option: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw invalid(`${option} must be a whole number of at least 1 and at most ${most}, received ${value}`);
}

export function invalid(what: string): HoldfastError {
  return new HoldfastError('Pipeline.InvalidInput', `each: ${what}`);
}

/** How many failures a failed list tells. */
const shownFailures = 5;

/** More items failed than may. */
export function itemsFailed(failures: readonly ItemFailure[], tolerated: number, total: number): HoldfastError {
  const first = failures[0];
  const told = first === undefined ? '' : `; the first: ${first.type}: ${first.message}`;
  const message = `each: ${failures.length} of ${total} items failed, ${tolerated} are tolerated${told}`;
  const shown = failures.slice(0, shownFailures).map(({ type, message }) => ({ type, message }));
  return new HoldfastError('Pipeline.ItemsFailed', message, {
    failed: failures.length,
    tolerated,
    total,
    failures: shown,
  });
}
