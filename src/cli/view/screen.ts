/** Lines that are drawn over themselves on a terminal. Whatever happens, the terminal is left as it was found. */

export interface Screen {
  /** Replaces what was drawn before. */
  draw(lines: readonly string[]): void;
  /** A line that stays, above the picture. */
  say(line: string): void;
  /** Leaves the last picture standing and the terminal as it was; the next `draw` begins below. */
  rest(): void;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const eraseBelow = '\u001b[J';

export function canRedraw(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && process.env['TERM'] !== 'dumb';
}

/** Lines to draw: one is left for the cursor. */
export function heightOf(stream: NodeJS.WriteStream): number {
  return (stream.rows || 24) - 1;
}

/** Draw no line wider than the stream, and no more than `heightOf` of them: others could not be drawn over. */
export function createScreen(stream: NodeJS.WriteStream): Screen {
  let drawn: readonly string[] = [];
  // A process that ends in between must not leave a terminal without a cursor.
  const restore = (): void => void stream.write(showCursor);
  process.once('exit', restore);
  const write = (above: readonly string[], lines: readonly string[]): void => {
    const back = drawn.length === 0 ? '' : `\u001b[${drawn.length}A`;
    const text = [...above, ...lines].map((line) => `${line}\n`).join('');
    // One write, so that no half-drawn picture is ever seen.
    stream.write(`${hideCursor}${back}\r${eraseBelow}${text}`);
    drawn = lines;
  };
  return {
    draw: (lines) => write([], lines),
    say: (line) => write([line], drawn),
    rest() {
      drawn = [];
      restore();
    },
  };
}
