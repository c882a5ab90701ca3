/** What stands behind or below a label. */
import { below, rightOf } from './cells';
import type { Cell } from './cells';

/** Marks of lists and tables before a label. */
const lead = /^[\s>*•·(-]*/;
const between = /^[\s.:;#=)-]*/;

export interface Labelled {
  readonly cell: Cell;
  /** Behind the label in the same cell; may be empty. */
  readonly rest: string;
}

/** Where a cell begins with the label, or has it before a colon: merged columns have more than one thing in a cell. */
export function cellsWith(cells: readonly Cell[], label: RegExp): Labelled[] {
  return cells.flatMap((cell) => {
    const match = label.exec(cell.text);
    if (match === null) return [];
    const behind = cell.text.slice(match.index + match[0].length);
    const isFirst = match.index <= (lead.exec(cell.text)?.[0].length ?? 0);
    if (!isFirst && !/^\s*[:#]/.test(behind)) return [];
    return [{ cell, rest: behind.replace(between, '') }];
  });
}

/** The first that can be read: behind the label, else to the right of it, else below. */
export function readLabelled<T>(
  cells: readonly Cell[],
  label: RegExp,
  read: (text: string) => T | undefined,
): T | undefined {
  for (const { cell, rest } of cellsWith(cells, label)) {
    const places = rest === '' ? [rightOf(cells, cell)?.text, below(cells, cell)?.text] : [rest];
    for (const place of places) {
      const value = place === undefined ? undefined : read(place);
      if (value !== undefined) return value;
    }
  }
  return undefined;
}
