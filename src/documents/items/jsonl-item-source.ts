import { createHash } from 'node:crypto';
import { itemProblemOf } from '../../contracts/pipelines/bulk-input';
import type { BulkItem, ItemPage, UnreadableItem } from '../../contracts/pipelines/bulk-classify';
import { utf8BytesOf } from '../../contracts/size-limits';
import { HoldfastError } from '../../errors';
import type { ItemSource } from '../item-source';
import { locateDocument } from '../sources/document-folder';

/** With its results it fits one payload of a history; a larger one would hold up the list at its end for nothing. */
const page = { items: 2_500, bytes: 1_000_000 } as const;
/** What the history of one run has room for, results included. */
const mostItems = 50_000;
/** A line that is longer is not even parsed. */
const longestLine = 100_000;

/** Of a folder of JSONL files: one item a line; empty lines are passed over. */
export function createItemSource({ documentsDirectory }: { readonly documentsDirectory: string }): ItemSource {
  return {
    async page(source, from) {
      const document = await locateDocument(documentsDirectory, source);
      const text = await document.read();
      const items = readItems(text);
      if (items.length > mostItems) {
        const told = `source ${JSON.stringify(source)} has ${items.length} items; at most ${mostItems} are taken: split the file`;
        throw new HoldfastError('Pipeline.InvalidInput', told, { source });
      }
      const sha256 = createHash('sha256').update(text).digest('hex');
      return { sha256, total: items.length, items: pageOf(items, from) };
    },
  };
}

function pageOf(items: ItemPage['items'], from: number): ItemPage['items'] {
  let bytes = 0;
  let to = from;
  while (to < items.length && to - from < page.items) {
    bytes += utf8BytesOf(JSON.stringify(items[to]));
    if (bytes > page.bytes && to > from) break;
    to++;
  }
  return items.slice(from, to);
}

function readItems(text: string): (BulkItem | UnreadableItem)[] {
  const lines = new Map<string, number>();
  return text.split('\n').flatMap((line, index): (BulkItem | UnreadableItem)[] => {
    if (line.trim() === '') return [];
    const number = index + 1;
    const item = readItem(line, number);
    if ('problem' in item) return [item];
    const earlier = lines.get(item.id);
    if (earlier !== undefined) return [unreadable(number, `its id is that of line ${earlier} too: ${item.id}`)];
    lines.set(item.id, number);
    return [item];
  });
}

function readItem(line: string, number: number): BulkItem | UnreadableItem {
  if (line.length > longestLine) {
    return unreadable(number, `has ${line.length} characters, at most ${longestLine} are taken`);
  }
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return unreadable(number, 'is not JSON');
  }
  const problem = itemProblemOf(value);
  if (problem !== undefined) return unreadable(number, problem);
  const { id, text, intent } = value as BulkItem;
  return { id, text, ...(intent !== undefined && { intent }) };
}

function unreadable(number: number, problem: string): UnreadableItem {
  return { id: `line ${number}`, problem };
}
