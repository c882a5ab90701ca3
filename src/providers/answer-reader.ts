/** What a provider's `map-response.ts` makes of the events of one stream. */
import type { Carried, FinishReason, ToolCall } from '../contracts/model';
import type { Usage } from '../contracts/usage';

export interface EventContent {
  /** Text of the answer in this event. */
  readonly text?: string | undefined;
  /** True for text and for reasoning: the model is at work, also when there is nothing to show. */
  readonly isContent: boolean;
  /** The provider's last event: nothing of the answer is missing, and nothing after it is read. */
  readonly isEnd?: boolean;
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
  /** Whole calls only; with any, `finishReason` is `toolCalls`. */
  readonly toolCalls?: readonly ToolCall[] | undefined;
  /** Name of a tool whose arguments are not a JSON object. */
  readonly unreadableToolCall?: string | undefined;
  readonly carried?: Carried | undefined;
}

export interface AnswerReader {
  /**
   * Takes one event of whatever shape; what it does not know it ignores. Throws `FailedAnswerError` for an error that
   * comes as an event the SDK takes for content.
   */
  read(event: unknown): EventContent;
  readonly outcome: AnswerOutcome;
}

/**
 * Whether whole tool calls stand after this end: servers have words of their own for it, but the token limit may have
 * cut more calls off, and a filter takes all of them back.
 */
export function leavesCallsWhole(finishReason: FinishReason): boolean {
  return finishReason === 'toolCalls' || finishReason === 'stop' || finishReason === 'other';
}

export const noContent: EventContent = { isContent: false };
