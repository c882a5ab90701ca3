/**
 * Writes of one attempt, as a loop that never has more than one batch under way:
 *
 *   begin ─▶ [reset] ─▶ wait for text ──first piece: at once, later: 40 ms or 2 KB──▶ [text …] ─▶ wait for text ─▶ … ─▶ [end]
 *                            ▲                                                           │
 *                            └────── a batch that failed, or may have: begin anew, [reset, all the text so far] ◀──┘
 *
 * Nothing is dropped and nothing is waited for: what is not in the log is kept (the call keeps the same texts anyway) and
 * is written when Redis answers again. Only when that takes longer than a minute after the call, the reader goes without.
 */
import type { StreamEntry, TextOrder } from './stream-entry';
import type { AttemptPlace, AttemptStamp, StandingAnswer, StreamWriter } from './stream-log';

export interface WriterFigures {
  /** Pieces go out together at every multiple of this time, ms: those of all writers of a process at once. */
  readonly flushMs: number;
  /** This much text goes out at once, characters. */
  readonly flushCharacters: number;
  /** Batches of an attempt after which `flushMs` is `longFlushMs`: who has read so far does not see the difference, and a long answer keeps its beginning. */
  readonly shortBatches: number;
  readonly longFlushMs: number;
  /** Longest text of one entry, characters. */
  readonly entryCharacters: number;
  /** Most entries of one batch. */
  readonly batchEntries: number;
  /** Pause after a batch that failed, ms: × 2 each time, up to the cap. */
  readonly retryMs: { readonly first: number; readonly cap: number };
  /** How long `end` and `stop` go on trying after the call is over, ms. */
  readonly giveUpMs: number;
  /** How long whoever awaits `end` or `stop` is kept, ms. */
  readonly waitMs: number;
}

export const writerFigures: WriterFigures = {
  // 25 pictures a second, as in a film; two to three tokens of a quick model each. Half of it would cost twice as much.
  flushMs: 40,
  flushCharacters: 2_048,
  // With 10,000 entries kept, an answer has to be written for a quarter of an hour before its beginning is trimmed.
  shortBatches: 1_000,
  longFlushMs: 100,
  entryCharacters: 4_096,
  batchEntries: 64,
  retryMs: { first: 100, cap: 2_000 },
  giveUpMs: 60_000,
  waitMs: 500,
};

export interface WriterOptions {
  readonly stamp: AttemptStamp;
  readonly endpoint: string;
  readonly figures: WriterFigures;
  /** Appends in order. Rejects when it is not certain that all of them are in the log. */
  append(entries: readonly StreamEntry[]): Promise<void>;
}

type Ending = { readonly kind: 'end'; readonly standing: StandingAnswer } | { readonly kind: 'stop' };

interface Batch {
  readonly entries: readonly StreamEntry[];
  /** All the text in it. */
  readonly text: string;
}

export class AttemptWriter implements StreamWriter {
  readonly #options: WriterOptions;
  #order: TextOrder;
  #place: AttemptPlace;
  #endpoint: string;
  #hasReset = false;
  /** In the log since the last reset, and how long that is. */
  #written: string[] = [];
  #position = 0;
  #pending = '';
  #ending: Ending | undefined;
  #isCompared = false;
  #isOver = false;
  #isSending = false;
  #timer: NodeJS.Timeout | undefined;
  /** Those with text that are in the log. */
  #batches = 0;
  #failures = 0;
  #retryAtMs = 0;
  #givesUpAtMs = Number.POSITIVE_INFINITY;
  /** Over, or a batch has failed since the end was asked for. */
  readonly #settled: Promise<void>;
  #settle: () => void = () => undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#order = { ...options.stamp, take: options.stamp.take ?? 0 };
    this.#place = options.stamp;
    this.#endpoint = options.endpoint;
    this.#settled = new Promise((resolve) => (this.#settle = resolve));
    this.#go();
  }

  text(piece: string): void {
    if (this.#ending !== undefined || piece === '') return;
    this.#pending += piece;
    this.#go();
  }

  end(standing: StandingAnswer): Promise<void> {
    return this.#finish({ kind: 'end', standing });
  }

  stop(): Promise<void> {
    return this.#finish({ kind: 'stop' });
  }

  async #finish(ending: Ending): Promise<void> {
    const { giveUpMs, waitMs } = this.#options.figures;
    if (this.#ending === undefined) {
      this.#ending = ending;
      this.#givesUpAtMs = performance.now() + giveUpMs;
      this.#go();
    }
    // While Redis is away the writing goes on without whoever asked for it.
    if (this.#failures === 0) await within(waitMs, this.#settled);
  }

  /** Sends what is due, or sees to it that it is sent when it is. */
  #go(): void {
    if (this.#isSending || this.#isOver) return;
    const dueInMs = this.#dueInMs();
    if (dueInMs === undefined) return;
    if (dueInMs <= 0) void this.#send();
    else this.#timer ??= setTimeout(() => void this.#send(), Math.ceil(dueInMs)).unref();
  }

  #dueInMs(): number | undefined {
    const { flushMs, flushCharacters, shortBatches, longFlushMs } = this.#options.figures;
    const now = performance.now();
    if (this.#failures > 0) return this.#retryAtMs - now;
    if (!this.#hasReset || this.#ending !== undefined) return 0;
    if (this.#pending === '') return undefined;
    if (this.#batches === 0 || this.#pending.length >= flushCharacters) return 0;
    const everyMs = this.#batches < shortBatches ? flushMs : longFlushMs;
    return everyMs - (now % everyMs);
  }

  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#nextBatch();
    if (batch.entries.length > 0) {
      this.#isSending = true;
      try {
        await this.#options.append(batch.entries);
        this.#keep(batch);
      } catch {
        // Redis is slow or gone, which is the reader's loss alone.
        this.#beginAnew();
      }
      this.#isSending = false;
    }
    this.#closeIfDone();
    this.#go();
  }

  #keep({ text }: Batch): void {
    this.#failures = 0;
    if (text === '') return;
    this.#written.push(text);
    this.#position += text.length;
    this.#pending = this.#pending.slice(text.length);
    this.#batches += 1;
  }

  /** Whatever of it has come or may still come into the log is of an older take. */
  #beginAnew(): void {
    const { first, cap } = this.#options.figures.retryMs;
    this.#retryAtMs = performance.now() + Math.min(first * 2 ** this.#failures, cap);
    this.#failures += 1;
    if (this.#ending !== undefined) this.#settle();
    this.#rewrite(this.#written.join('') + this.#pending);
  }

  #rewrite(text: string): void {
    this.#written = [];
    this.#position = 0;
    this.#pending = text;
    this.#hasReset = false;
    this.#order = { ...this.#order, take: this.#order.take + 1 };
  }

  #nextBatch(): Batch {
    this.#compare();
    const { entryCharacters, batchEntries } = this.#options.figures;
    const order = this.#order;
    const entries: StreamEntry[] = [];
    if (!this.#hasReset) entries.push({ kind: 'reset', order, place: this.#place, endpoint: this.#endpoint });
    this.#hasReset = true;
    let sent = 0;
    while (sent < this.#pending.length && entries.length < batchEntries) {
      const text = firstCharacters(this.#pending, sent, entryCharacters);
      entries.push({ kind: 'text', order, position: this.#position + sent, text });
      sent += text.length;
    }
    const isLast = sent === this.#pending.length && this.#ending?.kind === 'end';
    if (isLast) entries.push({ kind: 'end', order, position: this.#position + sent });
    return { entries, text: this.#pending.slice(0, sent) };
  }

  /** Once, when nothing is under way: what stands may be another text than the one that was written. */
  #compare(): void {
    if (this.#isCompared || this.#ending?.kind !== 'end') return;
    this.#isCompared = true;
    const { stamp, endpoint, text } = this.#ending.standing;
    if (this.#written.join('') + this.#pending === text) return;
    this.#place = stamp;
    this.#endpoint = endpoint;
    this.#rewrite(text);
  }

  #closeIfDone(): void {
    const isWritten = this.#ending !== undefined && this.#pending === '' && this.#failures === 0 && this.#hasReset;
    const isGivenUp = performance.now() >= this.#givesUpAtMs;
    // An `end` that was asked for while the last batch was under way has still to be written.
    if (!isGivenUp && (!isWritten || (this.#ending?.kind === 'end' && !this.#isCompared))) return;
    this.#isOver = true;
    this.#settle();
  }
}

/** From `start`, at most so many, never half of a pair. */
function firstCharacters(text: string, start: number, most: number): string {
  const end = start + most;
  const splits = end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return text.slice(start, splits ? end - 1 : end);
}

/** Resolves with the work, or without it when it takes too long. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
