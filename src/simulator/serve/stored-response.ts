/**
 * A background response: generated at its own pace, kept with its events, and followed by any number of readers.
 * `queued` or `in_progress` until the answer is there (`completed`, `incomplete`), an error breaks it (`failed`) or a client
 * calls it off (`cancelled`); each of these is final.
 */
import { EventEmitter, once } from 'node:events';
import type { Answer } from '../wire/answer';
import type { ResponsesFormat } from '../wire/openai/responses';
import type { ResponseStatus } from '../wire/openai/responses-body';
import type { ProviderError } from '../wire/provider-error';
import type { ModelCall, Piece } from '../wire/wire-format';

export interface StoredParts {
  readonly wire: ResponsesFormat;
  readonly answer: Answer;
  readonly call: ModelCall;
  /** On the simulator's clock. */
  readonly expiresAtMs: number;
}

export class StoredResponse {
  readonly expiresAtMs: number;
  /** Each is one event; the place is its `sequence_number`. */
  private readonly events: Piece[] = [];
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly cancelling = new AbortController();
  private state: ResponseStatus = 'queued';
  private error: ProviderError | undefined;

  constructor(private readonly parts: StoredParts) {
    this.expiresAtMs = parts.expiresAtMs;
  }

  get id(): string {
    return this.parts.answer.id;
  }

  get status(): ResponseStatus {
    return this.state;
  }

  get isOver(): boolean {
    return this.state !== 'queued' && this.state !== 'in_progress';
  }

  /** Aborts when a client calls the response off. */
  get signal(): AbortSignal {
    return this.cancelling.signal;
  }

  /** The response object as it is now. */
  read(): unknown {
    const { wire, answer, call } = this.parts;
    const isWhole = this.state === 'completed' || this.state === 'incomplete';
    return isWhole ? wire.json(answer, call) : wire.snapshot(answer, call, { status: this.state, error: this.error });
  }

  /** The next event; the last one ends the response. */
  add(piece: Piece): void {
    this.state = 'in_progress';
    if (piece.data !== '') this.events.push({ ...piece, tokens: 0 });
    if (piece.kind === 'ending') this.state = this.finalStatus();
    this.changes.emit('change');
  }

  fail(error: ProviderError): void {
    const { wire, answer, call } = this.parts;
    const data = wire.failedEvent(answer, call, { error, sent: this.events.length });
    this.events.push({ kind: 'ending', data, tokens: 0 });
    this.error = error;
    this.state = 'failed';
    this.changes.emit('change');
  }

  /** What is over stays as it is. */
  cancel(): void {
    if (this.isOver) return;
    this.state = 'cancelled';
    this.cancelling.abort();
    this.changes.emit('change');
  }

  /** Events from this number on, then live to the end. Rejects when `signal` aborts. */
  async *follow(from: number, signal: AbortSignal): AsyncGenerator<Piece> {
    for (let next = from; ; next += 1) {
      while (next >= this.events.length) {
        if (this.isOver) return;
        await once(this.changes, 'change', { signal });
      }
      yield this.events[next] as Piece;
    }
  }

  private finalStatus(): ResponseStatus {
    const { wire, answer, call } = this.parts;
    return (wire.json(answer, call) as { status: ResponseStatus }).status;
  }
}
