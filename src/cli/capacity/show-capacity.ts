/** Reads the pools once, or again and again, and hands each snapshot to whoever shows it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolReading } from '../../contracts/capacity';
import { HoldfastError } from '../../errors';
import { failureOf, formatFailure } from '../failure';
import type { Output } from '../output';
import { canRedraw, createScreen, heightOf } from '../view/screen';
import { widthOf } from '../view/stream-width';
import { createStyle } from '../view/style';
import { renderCapacity } from './render-capacity';

export interface Snapshot {
  /** ISO 8601, on this machine's clock. */
  readonly at: string;
  readonly pools: readonly PoolReading[];
}

export interface SnapshotView {
  show(snapshot: Snapshot): void;
  /** The store does not answer for now. */
  fail(error: HoldfastError): void;
}

export type ReadPools = () => Promise<readonly PoolReading[]>;

/** Throws `Capacity.StoreUnavailable`. */
export async function showOnce(read: ReadPools, output: Output): Promise<void> {
  const snapshot = await take(read);
  const style = createStyle(output.stream);
  if (!output.isJson) renderCapacity(snapshot.pools, { width: widthOf(output.stream), style }).forEach(output.text);
  output.json(snapshot);
}

/** Never ends by itself. A store that is away is told, and looked for again. */
export async function watch(read: ReadPools, view: SnapshotView, everyMs: number): Promise<never> {
  for (;;) {
    const pause = sleep(everyMs);
    try {
      view.show(await take(read));
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.type !== 'Capacity.StoreUnavailable') throw error;
      view.fail(error);
    }
    await pause;
  }
}

async function take(read: ReadPools): Promise<Snapshot> {
  const pools = await read();
  return { at: new Date().toISOString(), pools };
}

/** Drawn in place on a terminal, one after the other elsewhere; with `--json` one object per line and nothing else. */
export function createSnapshotView(output: Output): SnapshotView {
  if (output.isJson) {
    return {
      show: output.json,
      fail: ({ type, message }) => output.json({ at: new Date().toISOString(), error: { type, message } }),
    };
  }
  const { stream } = output;
  const style = createStyle(stream);
  const failureText = (error: HoldfastError): string => formatFailure(failureOf(error));
  if (!canRedraw(stream)) {
    return {
      show: ({ at, pools }) => [at, ...renderCapacity(pools, { width: widthOf(stream), style })].forEach(output.text),
      fail: (error) => output.note(failureText(error)),
    };
  }
  const screen = createScreen(stream);
  let hasFailed = false;
  return {
    show({ at, pools }) {
      hasFailed = false;
      const picture = { width: widthOf(stream) - 1, height: heightOf(stream) - 1, style };
      screen.draw([style.faint(`${timeText(at)}  Ctrl-C ends`), ...renderCapacity(pools, picture)]);
    },
    fail(error) {
      // Once per outage; the last picture with its time stays below.
      if (!hasFailed) screen.say(failureText(error));
      hasFailed = true;
    },
  };
}

function timeText(at: string): string {
  return new Date(at).toTimeString().slice(0, 8);
}
