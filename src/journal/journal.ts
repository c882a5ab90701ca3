/** The result journal: an answer that was paid for is kept until the run has surely recorded it. */
import type { FinishReason } from '../contracts/model';
import type { Attempt } from '../contracts/step';
import type { Usage } from '../contracts/usage';

export interface JournalEntry {
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  readonly costUsd: number;
  readonly endpoint: string;
  readonly model: string;
  readonly attempt: Attempt;
}

export interface Journal {
  get(key: string): Promise<JournalEntry | undefined>;
  /** First writer wins: answers the entry that stands now, ours or an earlier one. */
  put(key: string, entry: JournalEntry): Promise<JournalEntry>;
  /** Failed attempts of one call, oldest first: what tells a later attempt which endpoints were tried. */
  attempts(key: string): Promise<readonly Attempt[]>;
  recordAttempt(key: string, attempt: Attempt): Promise<void>;
}
