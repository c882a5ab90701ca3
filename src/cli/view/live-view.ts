/**
 * Shows a run while it goes on. On a terminal the picture is drawn over itself; anywhere else each change is a line.
 * Whatever happens, the terminal is left as it was found.
 */
import type { RunStatus } from '../../contracts/status';
import { changesBetween } from './changes';
import { renderRun } from './render-run';
import { canRedraw, createScreen, heightOf } from './screen';
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
  return canRedraw(stream) ? createPicture(stream, now) : createLog(stream, now);
}

/** Wide enough for everything; wider lines are hard to read. */
const widest = 120;

function createPicture(stream: NodeJS.WriteStream, now: () => number): LiveView {
  const style = createStyle(stream);
  const screen = createScreen(stream);
  return {
    show(status) {
      const width = widthOf(stream, widest) - 1;
      screen.draw(renderRun(status, { nowMs: now(), width, height: heightOf(stream), style }));
    },
    say: screen.say,
    rest: screen.rest,
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
