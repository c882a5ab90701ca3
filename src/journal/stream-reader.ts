/**
 * Follows one opening of a step:
 *
 *   read what is there ─▶ at the end: the last word was said ─▶ over
 *     ▲                     else wait ──entries──▶ pass them on, wait again
 *     └──── nothing for 5 s, for 1 s at the beginning: look for oneself, and ask whether the run has ended without a word
 *           (it does not keep us)
 *
 * Nothing is read before it is asked for: a slow consumer costs no memory, here or anywhere else.
 */
import { HoldfastError } from '../errors/holdfast-error';
import { decodeEntry, readOffset, streamKeyOf } from './stream-entry';
import type { EntryPlace, ReadState } from './stream-entry';
import type { ReadEvent, StreamId, StreamOffset } from './stream-log';
import { StreamSieve } from './stream-sieve';
import type { StreamSource } from './stream-source';
import { readCount } from './stream-watch';
import type { RawEntry } from './stream-watch';

export interface ReadStreamOptions {
  /** Which stream; what it throws, the reader throws. */
  readonly locate: () => Promise<StreamId>;
  /** `0` (the default) is the beginning, or the offset of the last event that was seen. */
  readonly from?: StreamOffset | undefined;
  /** Ends the reading as if the log were over. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Asked when the stream does not exist after 1 s, and when nothing came for 5 s. Undefined while the step may still write; else
   * what to throw when the log holds no last word either.
   */
  readonly verdict: () => Promise<Error | undefined>;
}

const silenceMs = 5_000;
/** Long enough that a step which is opened as usual is never asked about: a query is work for the very worker that opens it. */
const silenceAtBeginningMs = 1_000;
/** How long Redis may be away, ms: before its first answer, which it may never give, and after it. */
const patienceMs = { first: 5_000, later: 60_000 };
const pauseMs = 200;

/**
 * The events from an offset on, up to `end` or `failed`. A consumer that returns is let go at once, also out of a wait.
 * Throws `Pipeline.InvalidInput` for an offset that is none, `Service.Unreachable` when Redis stays away,
 * `Journal.Unreadable` for a text that no key opens.
 */
export function readStream(source: StreamSource, options: ReadStreamOptions): AsyncIterableIterator<ReadEvent> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  const events = follow(source, { ...options, stop, state: readOffset(options.from ?? '0') });
  options.signal?.addEventListener('abort', end, { once: true });
  if (options.signal?.aborted === true) end();
  stop.signal.addEventListener('abort', () => options.signal?.removeEventListener('abort', end), { once: true });
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => events.next(),
    return: () => {
      end();
      return events.return(undefined);
    },
  };
}

type Following = ReadStreamOptions & { readonly stop: AbortController; readonly state: ReadState };

async function* follow(source: StreamSource, options: Following): AsyncGenerator<ReadEvent, undefined, undefined> {
  const { stop } = options;
  if (stop.signal.aborted) return;
  const sieve = new StreamSieve(options.state);
  const leave = source.join(() => stop.abort());
  stop.signal.addEventListener('abort', leave, { once: true });
  try {
    const key = streamKeyOf(source.keyPrefix, await options.locate());
    const tail = new Tail(source, { key, options });
    for (let entries = await tail.look(sieve.id); !stop.signal.aborted;) {
      for (const [id, fields] of entries) {
        for (const event of sieve.take({ id, entry: decodeEntry(fields, placeOf(source, key)) })) {
          yield event;
          // What was read is not handed out to somebody who has gone.
          if (hasAborted(stop)) return;
        }
      }
      const isAtEnd = entries.length < readCount;
      if (isAtEnd && sieve.lastWord !== undefined) yield sieve.lastWord;
      if (isAtEnd && sieve.isOver) return;
      entries = await (isAtEnd ? tail.wait(sieve) : tail.look(sieve.id));
    }
  } finally {
    stop.abort();
  }
}

function hasAborted({ signal }: AbortController): boolean {
  return signal.aborted;
}

function placeOf({ cipher }: StreamSource, key: string): EntryPlace {
  return { key, cipher };
}

/** The end of a log, and what may be the matter when nothing comes. */
class Tail {
  #answeredAtMs: number | undefined;
  #isAsking = false;
  #verdict: (() => Error | undefined) | undefined;
  #verdictCame = new AbortController();

  constructor(
    private readonly source: StreamSource,
    private readonly place: { readonly key: string; readonly options: Following },
  ) {}

  /** What is there after `id`. Goes on trying for a while when Redis does not answer. */
  async look(id: string): Promise<readonly RawEntry[]> {
    const sinceMs = performance.now();
    while (!this.#isEnded()) {
      try {
        const entries = await this.source.read(this.place.key, id);
        this.#answeredAtMs = performance.now();
        return entries;
      } catch (error) {
        if (this.#isEnded()) break;
        this.#giveUpAfter(sinceMs, error);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    return [];
  }

  /** The next entries, at last; with none only when the reading ends. Throws the verdict. */
  async wait(sieve: StreamSieve): Promise<readonly RawEntry[]> {
    const { key, options } = this.place;
    const { signal } = options.stop;
    let isQuiet = false;
    while (!signal.aborted) {
      if (isQuiet) this.#ask();
      const ended = AbortSignal.any([signal, this.#verdictCame.signal]);
      const ms = sieve.isAtBeginning && !isQuiet ? silenceAtBeginningMs : silenceMs;
      const entries = await this.source.next(key, sieve.id, { ms, signal: ended });
      if (entries.length > 0) return entries;
      // Asked before this look: what was written before the end is there.
      const problem = this.#takeVerdict();
      const missed = await this.look(sieve.id);
      if (missed.length > 0) return missed;
      if (problem !== undefined) throw problem;
      isQuiet = !ended.aborted;
    }
    return [];
  }

  #isEnded(): boolean {
    return this.place.options.stop.signal.aborted;
  }

  #ask(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const settle = (verdict: () => Error | undefined): void => {
      this.#isAsking = false;
      this.#verdict = verdict;
      this.#verdictCame.abort();
    };
    this.place.options.verdict().then(
      (problem) => settle(() => problem),
      (error: unknown) =>
        settle(() => {
          throw error;
        }),
    );
  }

  #takeVerdict(): Error | undefined {
    const verdict = this.#verdict;
    if (verdict === undefined) return undefined;
    this.#verdict = undefined;
    this.#verdictCame = new AbortController();
    return verdict();
  }

  #giveUpAfter(sinceMs: number, error: unknown): void {
    const isFirst = this.#answeredAtMs === undefined;
    const awayMs = performance.now() - (this.#answeredAtMs ?? sinceMs);
    const told = error instanceof Error ? error.message.split('\n')[0] : String(error);
    const isRefused = /^(WRONGPASS|NOAUTH|NOPERM|WRONGTYPE)/.test(told ?? '');
    if (!isRefused && awayMs < (isFirst ? patienceMs.first : patienceMs.later)) return;
    throw new HoldfastError(
      'Service.Unreachable',
      `Redis for streams does not answer: ${told}. Correct the address, or follow again from the last offset.`,
      {},
      { cause: error },
    );
  }
}
