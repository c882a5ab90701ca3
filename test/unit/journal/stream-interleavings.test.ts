/**
 * Attempts that write into one log at once, over connections that lose, delay and double what they carry, and a reader
 * that comes and goes while the log is trimmed: whatever the order, what it shows is never made of two attempts.
 */
import fc from 'fast-check';
import { decodeEntry, encodeEntry, readOffset } from '../../../src/journal/stream-entry';
import type { StreamEntry } from '../../../src/journal/stream-entry';
import type { AttemptStamp, ReadEvent } from '../../../src/journal/stream-log';
import { StreamSieve } from '../../../src/journal/stream-sieve';
import { AttemptWriter, writerFigures } from '../../../src/journal/stream-writer';

/** What becomes of a batch: `lostAnswer` is in the log although its writer is told otherwise, `late` comes there later. */
const fates = ['written', 'lost', 'lostAnswer', 'late'] as const;
type Fate = (typeof fates)[number];

const attempts = 3;
const place = { key: 'test' };

class Log {
  entries: { readonly id: string; readonly fields: readonly string[] }[] = [];
  trimmed = 0;
  private readonly late: (readonly StreamEntry[])[] = [];
  private next = 1;

  append(entries: readonly StreamEntry[]): void {
    for (const entry of entries) {
      const [head, value] = encodeEntry(entry, place);
      this.entries.push({ id: `${this.next++}-0`, fields: ['h', head, 'v', value] });
    }
  }

  postpone(entries: readonly StreamEntry[]): void {
    this.late.push(entries);
  }

  appendLate(): void {
    this.append(this.late.shift() ?? []);
  }

  trim(count: number): void {
    this.trimmed += this.entries.splice(0, count).length;
  }

  after(id: string, count: number): readonly { readonly id: string; readonly fields: readonly string[] }[] {
    return this.entries.filter((entry) => Number.parseInt(entry.id, 10) > Number.parseInt(id, 10)).slice(0, count);
  }
}

/** One attempt: its n-th piece says whose it is and that it is the n-th. */
class Attempt {
  readonly stamp: AttemptStamp;
  readonly writer: AttemptWriter;
  /** All it has said. */
  written = '';
  /** What it has ended with. */
  standing = '';
  isEnded = false;
  private pieces = 0;
  private pending: { readonly entries: readonly StreamEntry[]; settle: (fate: Fate) => void } | undefined;

  constructor(
    number: number,
    private readonly log: Log,
  ) {
    this.stamp = { scheduledAtMs: 1_760_000_000_000, tier: 0, callIndex: 0, attempt: number, hop: 0 };
    // Every piece at once: only the order counts here.
    const figures = { ...writerFigures, flushCharacters: 0, entryCharacters: 7, retryMs: { first: 0, cap: 0 } };
    const append = (entries: readonly StreamEntry[]): Promise<void> =>
      new Promise((resolve, reject) => {
        const settle = (fate: Fate): void => {
          if (fate === 'written' || fate === 'lostAnswer') log.append(entries);
          if (fate === 'late') log.postpone(entries);
          if (fate === 'written') resolve();
          else reject(new Error(fate));
        };
        this.pending = { entries, settle };
      });
    this.writer = new AttemptWriter({ stamp: this.stamp, endpoint: `e${number}`, figures, append });
  }

  write(): void {
    if (this.isEnded) return;
    const piece = `${this.stamp.attempt}:${this.pieces++} `;
    this.written += piece;
    this.writer.text(piece);
  }

  end(text = this.written): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.standing = text;
    const [, number = String(this.stamp.attempt)] = /^(\d):/.exec(text) ?? [];
    const stamp = { ...this.stamp, attempt: Number(number) };
    void this.writer.end({ stamp, endpoint: `e${number}`, text });
  }

  settle(fate: Fate): boolean {
    const { pending } = this;
    this.pending = undefined;
    pending?.settle(fate);
    return pending !== undefined;
  }
}

/** Somebody who shows a text and keeps the rules, coming and going. */
class Reader {
  shown = '';
  isPartial = false;
  isOver = false;
  private offset = '0';
  private sieve = new StreamSieve(readOffset('0'));

  constructor(private readonly log: Log) {}

  comeBack(): void {
    this.sieve = new StreamSieve(readOffset(this.offset));
  }

  /** Takes so many entries, but goes after so many events, to come back where it was. */
  read(count: number, events = Number.POSITIVE_INFINITY): void {
    const entries = this.log.after(this.sieve.id, count);
    let left = events;
    for (const { id, fields } of entries) {
      for (const event of this.sieve.take({ id, entry: decodeEntry(fields, place) })) {
        if (left-- <= 0) return this.comeBack();
        this.show(event);
      }
    }
    if (entries.length < count && this.sieve.lastWord !== undefined) this.show(this.sieve.lastWord);
  }

  private show({ event, offset }: ReadEvent): void {
    this.offset = offset;
    this.isOver = event.kind === 'end';
    if (event.kind === 'text') this.shown += event.text;
    if (event.kind !== 'reset') return;
    this.shown = '';
    this.isPartial = event.reason === 'trimmed';
  }
}

const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), attempt: fc.nat(attempts - 1) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      attempt: fc.nat(attempts - 1),
      fate: fc.constantFrom(...fates),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      count: fc.integer({ min: 1, max: 5 }),
      events: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('comeBack' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('appendLate' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      attempt: fc.nat(attempts - 1),
      isOther: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('trim' as const), count: fc.integer({ min: 1, max: 3 }) }) },
);

const turn = (): Promise<void> => new Promise(setImmediate);

class Scene {
  readonly log = new Log();
  readonly reader = new Reader(this.log);
  readonly attempts = new Map<number, Attempt>();

  async play(step: typeof command extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
    if (step.kind === 'read') this.reader.read(step.count, step.events);
    if (step.kind === 'comeBack') this.reader.comeBack();
    if (step.kind === 'appendLate') this.log.appendLate();
    if (step.kind === 'trim') this.log.trim(step.count);
    if ('attempt' in step) {
      const attempt = this.attemptOf(step.attempt + 1);
      if (step.kind === 'write') attempt.write();
      if (step.kind === 'settle') attempt.settle(step.fate);
      if (step.kind === 'end') attempt.end(step.isOther ? this.otherText(attempt) : undefined);
    }
    await turn();
  }

  /** Everything arrives, the last attempt ends, and the reader reads to the end. */
  async finish(): Promise<Attempt> {
    const last = this.attemptOf(attempts);
    last.end();
    for (const attempt of this.attempts.values()) {
      do await turn();
      while (attempt.settle('written'));
    }
    this.reader.read(10_000);
    return last;
  }

  private attemptOf(number: number): Attempt {
    const known = this.attempts.get(number);
    if (known !== undefined) return known;
    const attempt = new Attempt(number, this.log);
    this.attempts.set(number, attempt);
    return attempt;
  }

  private otherText(attempt: Attempt): string {
    return [...this.attempts.values()].find((one) => one !== attempt)?.written ?? attempt.written;
  }
}

describe('attempts that write at once', () => {
  test('are never shown as one text, and the last one is shown whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 80 }), async (steps) => {
        const scene = new Scene();
        for (const step of steps) {
          await scene.play(step);
          const { shown, isPartial, isOver } = scene.reader;
          const texts = ['', ...[...scene.attempts.values()].map(({ written }) => written)];
          const isOfOne = texts.some((text) => (isPartial ? text.includes(shown) : text.startsWith(shown)));
          const ends = [...scene.attempts.values()].filter(({ isEnded }) => isEnded).map(({ standing }) => standing);
          if (isOver && !isPartial) expect(ends).toContain(shown);
          if (!isOfOne) throw new Error(`shown: ${shown}\nof: ${texts.join('\n    ')}`);
        }
        const last = await scene.finish();
        const { shown, isPartial, isOver } = scene.reader;
        // What was trimmed may be the end itself, or the last attempt with all it wrote: then another one's end stands.
        if (scene.log.trimmed > 0) {
          const ends = [...scene.attempts.values()].filter(({ isEnded }) => isEnded).map(({ standing }) => standing);
          if (isOver && !isPartial) expect(ends).toContain(shown);
          return;
        }
        expect({ shown, isOver, isPartial }).toEqual({ shown: last.standing, isOver: true, isPartial: false });
      }),
      { numRuns: 2_000 },
    );
  });
});
