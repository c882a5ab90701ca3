/** Columns of text. Widths are counted before styling, so colours do not shift anything. */
import { clipped } from './text';

export interface Cell {
  readonly text: string;
  /** Applied after padding; default: as it is. */
  readonly style?: (text: string) => string;
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Gives way, down to this many characters, when the table is wider than the terminal. */
  readonly shrinksTo?: number;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Characters per line. */
  readonly width: number;
  readonly headStyle: (text: string) => string;
}

const gap = 2;

/** The head line and one line per row. */
export function renderTable({ columns, rows, width, headStyle }: Table): string[] {
  const widths = fit(columns, naturalWidths(columns, rows), width);
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, index) => pad(cell, columns[index], widths[index] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd();
  return [line(columns.map(({ title }) => ({ text: title, style: headStyle }))), ...rows.map(line)];
}

/** Characters per line that the table needs to show every cell in full. */
export function tableWidth({ columns, rows }: Pick<Table, 'columns' | 'rows'>): number {
  return totalOf(naturalWidths(columns, rows));
}

/** The same when everything that may give way does. */
export function leastTableWidth({ columns, rows }: Pick<Table, 'columns' | 'rows'>): number {
  const natural = naturalWidths(columns, rows);
  return totalOf(natural.map((width, index) => Math.min(width, columns[index]?.shrinksTo ?? width)));
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + gap * (widths.length - 1);
}

function naturalWidths(columns: readonly Column[], rows: Table['rows']): number[] {
  return columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => [...(row[index]?.text ?? '')].length)),
  );
}

function fit(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  let excess = totalOf(natural) - width;
  return natural.map((one, index) => {
    const least = columns[index]?.shrinksTo;
    if (excess <= 0 || least === undefined || one <= least) return one;
    const taken = Math.min(excess, one - least);
    excess -= taken;
    return one - taken;
  });
}

function pad({ text, style = (plain) => plain }: Cell, column: Column | undefined, width: number): string {
  const shown = clipped(text, width);
  const spaces = ' '.repeat(Math.max(0, width - [...shown].length));
  return column?.align === 'right' ? spaces + style(shown) : style(shown) + spaces;
}
