/**
 * Shows a run while it goes on. On a terminal the picture is drawn over itself; anywhere else each change is a line.
 * Whatever happens, the terminal is left as it was found.
 */
import type { RunStatus } from '../../contracts/status';
import { changesBetween } from './changes';
import { renderRun } from './render-run';
import { widthOf } from './stream-width';
import { createStyle } from './style';
import { durationText } from './text';

export interface LiveView {
  show(status: RunStatus): void;
  /** A line that stays, above the picture. */
  say(line: string): void;
  /** Leaves the last picture standing and the terminal as it was; the next `show` begins a new picture below. */
  rest(): void;
}

export interface LiveViewOptions {
  readonly stream: NodeJS.WriteStream;
  readonly now?: () => number;
}

export function createLiveView({ stream, now = Date.now }: LiveViewOptions): LiveView {
  const canRedraw = stream.isTTY && process.env['TERM'] !== 'dumb';
  return canRedraw ? createPicture(stream, now) : createLog(stream, now);
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const eraseBelow = '\u001b[J';
/** Wide enough for everything; wider lines are hard to read. */
const widest = 120;

function createPicture(stream: NodeJS.WriteStream, now: () => number): LiveView {
  const style = createStyle(stream);
  let status: RunStatus | undefined;
  let drawnLines = 0;
  // A process that ends in between must not leave a terminal without a cursor.
  const restore = (): void => void stream.write(showCursor);
  const draw = (above = ''): void => {
    const width = widthOf(stream, widest) - 1;
    const lines =
      status === undefined ? [] : renderRun(status, { nowMs: now(), width, height: (stream.rows || 24) - 1, style });
    const back = drawnLines === 0 ? '' : `\u001b[${drawnLines}A`;
    // One write, so that no half-drawn picture is ever seen.
    stream.write(`${hideCursor}${back}\r${eraseBelow}${above}${lines.map((line) => `${line}\n`).join('')}`);
    drawnLines = lines.length;
  };
  process.once('exit', restore);
  return {
    show(next) {
      status = next;
      draw();
    },
    say: (line) => draw(`${line}\n`),
    rest() {
      drawnLines = 0;
      status = undefined;
      restore();
    },
  };
}

function createLog(stream: NodeJS.WriteStream, now: () => number): LiveView {
  const startedMs = now();
  let status: RunStatus | undefined;
  const write = (line: string): void => {
    stream.write(`${durationText(now() - startedMs).padStart(6)}  ${line}\n`);
  };
  return {
    show(next) {
      changesBetween(status, next).forEach(write);
      status = next;
    },
    say: write,
    rest: () => undefined,
  };
}

/** Nothing of the steps, only what is said. */
export function quietView(stream: NodeJS.WriteStream): LiveView {
  return { show: () => undefined, say: (line) => void stream.write(`${line}\n`), rest: () => undefined };
}
