/**
 * One blocking read for everybody who waits at the end of a stream: a process that serves a thousand browsers holds one
 * connection for them, not a thousand. Who waits for a stream that is not in the read under way wakes it with an entry in
 * a stream of its own (CLIENT UNBLOCK would need an administrator's rights).
 */
import type { Cluster, Redis } from 'ioredis';

/** As Redis answers it. */
export type RawEntry = readonly [id: string, fields: readonly string[]];

export interface Wait {
  /** Resolves without an entry when none has come in this time, ms. */
  readonly ms: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

export interface StreamWatchOptions {
  /** For blocking reads alone: nothing else may wait behind them. */
  readonly blocking: Redis | Cluster;
  readonly commands: Redis | Cluster;
  /** In a cluster, of the slot of what is watched. */
  readonly wakeKey: string;
}

/** Most entries of one stream in one answer. */
export const readCount = 128;
/** Longest blocking read, ms: who could not wake it is served after this time. */
export const blockMs = 1_000;
const wakeTtlMs = 60_000;
const pauseMs = 100;

interface Waiter {
  readonly id: string;
  resolve(entries: readonly RawEntry[]): void;
}

export class StreamWatch {
  readonly #options: StreamWatchOptions;
  readonly #waiters = new Map<string, Set<Waiter>>();
  /** The read under way: from where it reads each stream. */
  #asked: ReadonlyMap<string, string> | undefined;
  #isRunning = false;
  #isWoken = false;
  #wakeId = '0-0';
  #isClosed = false;

  constructor(options: StreamWatchOptions) {
    this.#options = options;
  }

  /** Resolves with the next entries after `id`: with none when the time is over, the signal aborts, or it is closed. */
  next(key: string, id: string, { ms, signal }: Wait): Promise<readonly RawEntry[]> {
    if (signal.aborted || this.#isClosed) return Promise.resolve([]);
    return new Promise((resolve) => {
      const end = (): void => waiter.resolve([]);
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end, { once: true });
      const waiter: Waiter = {
        id,
        resolve: (entries) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          this.#remove(key, waiter);
          resolve(entries);
        },
      };
      this.#add(key, waiter);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#options.blocking.disconnect();
    for (const waiters of [...this.#waiters.values()]) for (const { resolve } of [...waiters]) resolve([]);
  }

  #add(key: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(key) ?? new Set();
    this.#waiters.set(key, waiters.add(waiter));
    if (!this.#isRunning) void this.#run();
    else if (this.#asked !== undefined && !covers(this.#asked.get(key), waiter.id)) this.#wake();
  }

  #remove(key: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(key);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(key);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiters.size > 0 && !this.#isClosed) {
      const asked = new Map([...this.#waiters].map(([key, waiters]) => [key, earliestOf(waiters)]));
      this.#asked = asked;
      this.#isWoken = false;
      const answer = await this.#read(asked);
      this.#asked = undefined;
      for (const [key, entries] of answer) this.#deliver(key, asked.get(key), entries);
      // Those who were served and wait again are in the next read, and need not wake it.
      await new Promise(setImmediate);
    }
    this.#isRunning = false;
  }

  async #read(asked: ReadonlyMap<string, string>): Promise<readonly StreamAnswer[]> {
    const { blocking, wakeKey } = this.#options;
    const keys = [wakeKey, ...asked.keys()];
    const ids = [this.#wakeId, ...asked.values()];
    try {
      const answer = await blocking.xread('COUNT', readCount, 'BLOCK', blockMs, 'STREAMS', ...keys, ...ids);
      return answer ?? [];
    } catch {
      // It reconnects by itself; who waits for long looks for himself, and tells what is wrong.
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      return [];
    }
  }

  #deliver(key: string, from: string | undefined, entries: readonly RawEntry[]): void {
    if (from === undefined) {
      this.#wakeId = entries.at(-1)?.[0] ?? this.#wakeId;
      return;
    }
    for (const waiter of [...(this.#waiters.get(key) ?? [])]) {
      // Entries between his place and where this read began are not in it.
      if (!covers(from, waiter.id)) continue;
      const later = entries.filter(([id]) => compareIds(id, waiter.id) > 0);
      if (later.length > 0) waiter.resolve(later);
    }
  }

  #wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    const { commands, wakeKey } = this.#options;
    const wake = commands.pipeline().xadd(wakeKey, 'MAXLEN', 1, '*', 'w', '').pexpire(wakeKey, wakeTtlMs);
    wake.exec().catch(() => undefined);
  }
}

type StreamAnswer = [key: string, entries: [id: string, fields: string[]][]];

function earliestOf(waiters: ReadonlySet<Waiter>): string {
  return [...waiters].map(({ id }) => id).reduce((a, b) => (compareIds(a, b) <= 0 ? a : b));
}

/** Whether a read from one id on holds everything after the other. */
function covers(from: string | undefined, id: string): boolean {
  return from !== undefined && compareIds(from, id) <= 0;
}

function compareIds(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number);
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number);
  return aMs - bMs || aSeq - bSeq;
}
