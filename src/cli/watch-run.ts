/**
 * Looks at a run until it has ended, and changes nothing about it. Whatever falls silent in between (its workers, Temporal)
 * is told once, and once more when it answers again: the run is not lost, so neither is the watch.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunHandle } from '../client';
import type { JsonValue } from '../contracts/json';
import type { RunStatus } from '../contracts/status';
import { HoldfastError } from '../errors';

export interface Watcher {
  show(status: RunStatus): void;
  /** Something does not answer, or does again. */
  say(line: string): void;
}

export interface WatchOptions {
  readonly watcher: Watcher;
  /** Whether Temporal itself answers. */
  readonly isReachable: () => Promise<boolean>;
  readonly pollMs?: number;
  /** After so long without an answer the silence is told. */
  readonly patienceMs?: number;
}

export type RunEnd =
  | { readonly kind: 'completed'; readonly result: JsonValue }
  | { readonly kind: 'failed'; readonly error: HoldfastError };

/** Throws only what is no fact about the run or its surroundings. */
export async function watchRun(run: RunHandle, options: WatchOptions): Promise<RunEnd> {
  const { watcher, pollMs = 500 } = options;
  const silence = new Silence(options);
  const over = new AbortController();
  const end = endOf(run, pollMs).finally(() => over.abort());
  const isOver = (): boolean => over.signal.aborted;
  const look = async (): Promise<void> => {
    while (!isOver()) {
      const status = await silence.over(() => run.status());
      if (status !== undefined && !isOver()) watcher.show(status);
      // Aborted: the run has ended.
      await sleep(pollMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  };
  // Looking ends with the run, or with a defect.
  await Promise.race([end, look()]);
  const ended = await end;
  // The last look; there may be no worker to give it, and nobody waits for one.
  const last = await orSilence(() => run.status());
  if (last === undefined) watcher.say('no worker answers, so its last steps are not shown');
  else watcher.show(last);
  return ended;
}

/** Temporal out of reach ends nothing. */
async function endOf(run: RunHandle, pauseMs: number): Promise<RunEnd> {
  for (;;) {
    try {
      return { kind: 'completed', result: await run.result() };
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      if (error.type !== 'Service.Unreachable') return { kind: 'failed', error };
      await sleep(pauseMs);
    }
  }
}

class Silence {
  private sinceMs: number | undefined;

  constructor(private readonly options: WatchOptions) {}

  /** Undefined without an answer. */
  async over<T>(ask: () => Promise<T>): Promise<T | undefined> {
    const { watcher, patienceMs = 3_000 } = this.options;
    const askedMs = performance.now();
    const impatient = setTimeout(() => void this.tell(askedMs), patienceMs);
    try {
      const answer = await orSilence(ask);
      if (answer === undefined) await this.tell(askedMs);
      else if (this.sinceMs !== undefined) {
        watcher.say(`answered again after ${Math.round((performance.now() - this.sinceMs) / 1_000)} s`);
        this.sinceMs = undefined;
      }
      return answer;
    } finally {
      clearTimeout(impatient);
    }
  }

  private isTold(): boolean {
    return this.sinceMs !== undefined;
  }

  private async tell(askedMs: number): Promise<void> {
    if (this.isTold()) return;
    this.sinceMs = askedMs;
    const who = (await this.options.isReachable()) ? 'no worker answers' : 'Temporal does not answer';
    // It may have answered while this was found out.
    if (this.isTold()) this.options.watcher.say(`${who}; still watching, the run is not lost`);
  }
}

async function orSilence<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof HoldfastError && error.type === 'Service.Unreachable') return undefined;
    throw error;
  }
}
