/** The result journal: an answer that was paid for is kept until the run has surely recorded it. */
import type { Carried, FinishReason, ResumableCall, ToolCall } from '../contracts/model';
import type { Attempt } from '../contracts/step';
import type { Usage } from '../contracts/usage';

export interface JournalEntry {
  readonly text: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly carried?: Carried;
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  readonly costUsd: number;
  readonly endpoint: string;
  readonly model: string;
  readonly attempt: Attempt;
}

/** A call that may still be running at the provider although its process is gone. */
export interface ResumableEntry extends ResumableCall {
  /** Of the attempt that began it. */
  readonly attempt: number;
  readonly hop: number;
}

/** Throws `Capacity.StoreUnavailable` when it does not answer, `Journal.Unreadable` for an entry that no key opens. */
export interface Journal {
  get(key: string): Promise<JournalEntry | undefined>;
  /** First writer wins: answers the entry that stands now, ours or an earlier one. */
  put(key: string, entry: JournalEntry): Promise<JournalEntry>;
  /** Failed attempts of one call, oldest first: what tells a later attempt which endpoints were tried. */
  attempts(key: string): Promise<readonly Attempt[]>;
  recordAttempt(key: string, attempt: Attempt): Promise<void>;
  /** The call that an earlier attempt left running; the last one, when there were several. */
  resumable(key: string): Promise<ResumableEntry | undefined>;
  putResumable(key: string, entry: ResumableEntry): Promise<void>;
  /** It was answered, or it is lost. */
  clearResumable(key: string): Promise<void>;
}
