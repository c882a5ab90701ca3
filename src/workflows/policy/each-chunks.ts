/** How a long list is cut into chunks, each the work of one child workflow. */
import { jsonCharactersOf } from './json-characters';

/** Places in the list, `to` exclusive. */
export interface ItemRange {
  readonly from: number;
  readonly to: number;
}

/** Input and answer of a chunk stay well under the server's 2 MiB for a payload, unless one item alone is larger. */
export const chunkCharacters = 500_000;

/**
 * A hundredth of the list: then the progress moves in steps of a percent, and what is in the way of one chunk holds up
 * little. Not fewer than make a child worth its start, unless some of the children would have nothing to do; not more
 * than fit a history of 4,096 events with room for waits.
 */
export function chunkItemsOf(itemCount: number, children: number, most?: number): number {
  const wanted = most ?? Math.min(400, Math.max(25, Math.ceil(itemCount / 100)));
  return Math.max(1, Math.min(wanted, Math.ceil(itemCount / children)));
}

/** Children at once: some, so that a worker that dies holds up only its own, and none for fewer than four items at once. */
export function childrenOf(concurrency: number): number {
  return Math.min(16, Math.ceil(concurrency / 4));
}

/** The part of `concurrency` that child `index` of `children` has. The parts add up to it. */
export function partOf(concurrency: number, children: number, index: number): number {
  return Math.floor(concurrency / children) + (index < concurrency % children ? 1 : 0);
}

/** The chunk that begins at `from`: at least one item, then as many as `most` and its size allow. */
export function chunkAt(items: readonly unknown[], from: number, most: number): ItemRange {
  const end = Math.min(items.length, from + most);
  let characters = jsonCharactersOf(items[from]);
  let to = from + 1;
  while (to < end) {
    characters += jsonCharactersOf(items[to]);
    if (characters > chunkCharacters) break;
    to++;
  }
  return { from, to };
}
