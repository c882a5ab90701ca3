/** The page as pieces of lines: what stands side by side was two columns once. */

export interface Cell {
  readonly text: string;
  /** Line, 0 first. */
  readonly row: number;
  /** Characters from the left. */
  readonly start: number;
}

const gap = / {2,}/g;

export function cellsOf(text: string): Cell[] {
  return text.split('\n').flatMap((line, row) => {
    const plain = /^\s*\|/.test(line) ? line.replaceAll('|', '   ') : line;
    const cells: Cell[] = [];
    let from = 0;
    for (const { index, length } of [...gapsIn(plain), { index: plain.length, length: 0 }]) {
      const piece = plain.slice(from, index).trim();
      if (piece !== '') cells.push({ text: piece, row, start: plain.indexOf(piece, from) });
      from = index + length;
    }
    return cells;
  });
}

function gapsIn(line: string): { index: number; length: number }[] {
  return [...line.matchAll(gap)].map((match) => ({ index: match.index, length: match[0].length }));
}

/** How far apart two cells of a column may begin: scanners move things about. */
const columnSlack = 4;
const mostRowsBelow = 3;

/** The next cell on the same line. */
export function rightOf(cells: readonly Cell[], cell: Cell): Cell | undefined {
  return cells.find(({ row, start }) => row === cell.row && start > cell.start);
}

/** The next cell of the same column; of a line that is the only one, whatever its place. */
export function below(cells: readonly Cell[], cell: Cell): Cell | undefined {
  for (let row = cell.row + 1; row <= cell.row + mostRowsBelow; row += 1) {
    const line = cells.filter((one) => one.row === row);
    const [only] = line;
    const found = line.find(({ start }) => Math.abs(start - cell.start) <= columnSlack);
    if (found !== undefined) return found;
    if (only !== undefined) return line.length === 1 && row === cell.row + 1 ? only : undefined;
  }
  return undefined;
}
