/** What the model says, before any interface gives it a form. */

export type Finish = 'stop' | 'toolCalls' | 'length' | 'contextWindow' | 'contentFilter' | 'refusal';

export interface AnswerToolCall {
  readonly id: string;
  readonly name: string;
  /** The arguments as JSON text, in tokens. */
  readonly tokens: readonly string[];
}

export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly createdAtMs: number;
  /** The text in tokens. Of a refusal: what the model says instead. */
  readonly tokens: readonly string[];
  readonly toolCalls: readonly AnswerToolCall[];
  readonly reasoningTokens: number;
  readonly finish: Finish;
  /** Raw reason sent instead of the one `finish` has. */
  readonly rawReason?: string;
  readonly inputTokens: number;
  /** Part of `inputTokens`. */
  readonly cachedTokens: number;
  /** The answer does not say what it used. */
  readonly hidesUsage: boolean;
  /** Well-formed, but without any content. */
  readonly isEmpty: boolean;
  /** The prompt was refused: there is nothing but the reason. */
  readonly isBlocked: boolean;
}

/** Everything generated: reasoning, text and arguments of tools. */
export function outputTokensOf({ reasoningTokens, tokens, toolCalls }: Answer): number {
  return toolCalls.reduce((sum, call) => sum + call.tokens.length, reasoningTokens + tokens.length);
}

export function textOf({ tokens }: Pick<Answer, 'tokens'>): string {
  return tokens.join('');
}

/** What stands for the model's reasoning where an interface shows it. */
export const thought = 'The question is clear; the answer follows from the text.';
