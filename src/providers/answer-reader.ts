/** What a provider's `map-response.ts` makes of the events of one stream. */
import type { FinishReason } from '../contracts/model';
import type { Usage } from '../contracts/usage';

export interface EventContent {
  /** Text of the answer in this event. */
  readonly text?: string | undefined;
  /** True for text and for reasoning: the model is at work, also when there is nothing to show. */
  readonly isContent: boolean;
}

/** What the events so far add up to. */
export interface AnswerOutcome {
  /** Absent until the provider has said why it stopped. */
  readonly finishReason?: FinishReason | undefined;
  /** The provider's own word for it, e.g. `length`. */
  readonly finishCode?: string | undefined;
  /** The model as the provider names it. */
  readonly model?: string | undefined;
  readonly usage: Partial<Usage>;
}

export interface AnswerReader {
  /** Takes one event of whatever shape; what it does not know it ignores. */
  read(event: unknown): EventContent;
  readonly outcome: AnswerOutcome;
}

export const noContent: EventContent = { isContent: false };
