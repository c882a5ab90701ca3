/**
 * The text of a step while it is written, for whoever follows it: one Redis stream per opening of a step. Every entry
 * bears the stamp of the attempt that wrote it; a new attempt begins with `reset`, so a reader never splices two.
 * Nobody waits for a reader: entries are trimmed and expire.
 */

/** One opening of a step in one run. */
export interface StreamId {
  readonly runKey: string;
  readonly step: string;
  readonly occurrence: number;
}

/** Which attempt of an opening wrote a text. */
export interface AttemptPlace {
  readonly tier: number;
  readonly callIndex: number;
  readonly attempt: number;
  readonly hop: number;
}

/** Order of attempts within one opening: later ones win. By time first, because an operator's reset counts attempts from 1 again. */
export interface AttemptStamp extends AttemptPlace {
  /** When Temporal first scheduled the call's activity, Unix ms of the server: `activityInfo().scheduledTimestampMs`. */
  readonly scheduledAtMs: number;
  /** Above what came before where one attempt tells its text from the beginning again. Default 0. */
  readonly take?: number;
}

export type StreamEvent =
  /** Forget what came before: an attempt begins, or begins anew because the log has lost something (`trimmed`: for good). */
  | {
      readonly kind: 'reset';
      readonly reason: 'attempt' | 'trimmed';
      readonly place: AttemptPlace;
      /** Empty when `reason` is `trimmed`. */
      readonly endpoint: string;
    }
  | { readonly kind: 'text'; readonly text: string }
  /** The step is answered, with all the text since the last `reset`. */
  | { readonly kind: 'end' }
  /** The step has failed for good; `failure` is a type of the catalogue. */
  | { readonly kind: 'failed'; readonly failure: string };

/** An answer that stands: this attempt's, or another's that was kept before. */
export interface StandingAnswer {
  readonly stamp: AttemptPlace;
  readonly endpoint: string;
  readonly text: string;
}

/** Writes of one attempt. None of them throws or waits: a log that does not answer costs the reader, never the step. */
export interface StreamWriter {
  /** Pieces are put together and sent a few times a second at most (see the implementation for the figures); the first one at once. */
  text(piece: string): void;
  /**
   * The answer stands. When `standing` is not what this writer wrote (another attempt's was kept, or Redis lost some of
   * it), it is written whole after a `reset`. Resolves when it is written or that has failed once, after half a second
   * at the latest; it is tried again behind the caller's back.
   */
  end(standing: StandingAnswer): Promise<void>;
  /** This attempt is over without an answer: what is buffered goes out, no event follows. Resolves as `end` does. */
  stop(): Promise<void>;
}

export interface StreamLog {
  /** Begins an attempt: writes `reset`. */
  open(id: StreamId, stamp: AttemptStamp, endpoint: string): StreamWriter;
  /** The step ended without an answer. Resolves as `end` does. */
  fail(id: StreamId, failure: string): Promise<void>;
}

/** Where a reader is; an opaque text, to be handed to the next reader. */
export type StreamOffset = string;

export interface ReadEvent {
  readonly event: StreamEvent;
  /** Continue after this event. */
  readonly offset: StreamOffset;
}
