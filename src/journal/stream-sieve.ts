/**
 * What a reader may see of a log that several attempts write into at once. Pure.
 *
 * The latest attempt counts: entries of an earlier one (a zombie whose process is believed dead, a connection that
 * delivers late) are passed over. Within an attempt the text must join on without a hole; where it does not, or where
 * the attempt's beginning is gone, a `reset` of reason `trimmed` says so. `end` and `failed` are only the last word when
 * the log goes no further: after an operator's reset it does, with a later attempt.
 */
import { compareOrders, offsetOf } from './stream-entry';
import type { ReadState, StreamEntry, TextOrder } from './stream-entry';
import type { AttemptPlace, ReadEvent, StreamEvent } from './stream-log';

export interface StoredEntry {
  readonly id: string;
  /** Undefined for one of a form that is not known here. */
  readonly entry: StreamEntry | undefined;
}

export class StreamSieve {
  #state: ReadState;
  #lastWord: ReadEvent | undefined;

  constructor(from: ReadState) {
    this.#state = from;
  }

  /** The last entry that was taken in. */
  get id(): string {
    return this.#state.id;
  }

  /** Nothing was seen yet, here or by the reader that gave the offset. */
  get isAtBeginning(): boolean {
    return this.#state.order === undefined && this.#state.position === 0;
  }

  /** The offset was that of the last word, and nothing has come after it. */
  get isOver(): boolean {
    return this.#state.isOver;
  }

  /** The event that ended the log as far as it has been read. */
  get lastWord(): ReadEvent | undefined {
    return this.#lastWord;
  }

  take({ id, entry }: StoredEntry): readonly ReadEvent[] {
    if (entry === undefined) return this.#pass(id);
    if (entry.kind === 'failed') return this.#close(id, { kind: 'failed', failure: entry.failure });
    const { order } = entry;
    const age = this.#state.order === undefined ? 1 : compareOrders(order, this.#state.order);
    if (age < 0) return this.#pass(id);
    if (entry.kind === 'reset') {
      const { place, endpoint } = entry;
      return [this.#move({ id, order, position: 0 }, resetOf('attempt', place, endpoint))];
    }
    const isJoined = age === 0 && entry.position === this.#state.position;
    // Read after the entry before, so that whoever resumes there meets this one again.
    const mended = isJoined ? [] : [this.#move({ id: this.#state.id, order, position: entry.position }, lost(entry))];
    if (entry.kind === 'end') return [...mended, ...this.#close(id, { kind: 'end' })];
    const { text, position } = entry;
    return [...mended, this.#move({ id, order, position: position + text.length }, { kind: 'text', text })];
  }

  #pass(id: string): readonly [] {
    this.#state = { ...this.#state, id };
    return [];
  }

  #move(state: { id: string; order: TextOrder; position: number }, event: StreamEvent): ReadEvent {
    this.#lastWord = undefined;
    this.#state = { ...state, isOver: false };
    return { event, offset: offsetOf(this.#state) };
  }

  #close(id: string, event: StreamEvent): readonly [] {
    this.#state = { ...this.#state, id, isOver: true };
    this.#lastWord = { event, offset: offsetOf(this.#state) };
    return [];
  }
}

function resetOf(reason: 'attempt' | 'trimmed', { tier, callIndex, attempt, hop }: AttemptPlace, endpoint: string) {
  return { kind: 'reset', reason, place: { tier, callIndex, attempt, hop }, endpoint } as const;
}

function lost({ order, position }: { readonly order: TextOrder; readonly position: number }): StreamEvent {
  // Of the beginning only the mark itself is gone: the text is whole.
  return resetOf(position === 0 ? 'attempt' : 'trimmed', order, '');
}
