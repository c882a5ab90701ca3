/** Reads the items of a list out of a file, some at a time. */
import type { ItemPage } from '../contracts/pipelines/bulk-classify';

export interface ItemSource {
  /**
   * As many items from place `from` on (0 first) as fit a page. `source` is a path below the document folder.
   * Throws `Pipeline.InvalidInput` when it does not exist, leaves the folder, is no text, or has too many items. An item
   * that is wrong is part of the page, with what is wrong with it.
   */
  page(source: string, from: number): Promise<ItemPage>;
}
