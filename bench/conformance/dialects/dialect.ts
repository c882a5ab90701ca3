/**
 * The providers' wire formats as their documents show them, written by hand: neither the simulator's writers nor the
 * SDKs' types are used, so that one mistake cannot hide in both ends of a call.
 */

/** Tokens as a bill has them: `cached` is a part of `input`, `reasoning` a part of `output`. */
export interface WireUsage {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
}

export const wireUsage: WireUsage = { input: 120, output: 30, cached: 64, reasoning: 10 };

/** The same, as it must stand in an answer. */
export const countedUsage = { inputTokens: 120, outputTokens: 30, cachedInputTokens: 64, reasoningTokens: 10 } as const;

/** Why a model stops, in one word for all formats. */
export type FinishWord = 'stop' | 'length' | 'filtered' | 'toolCalls';

export interface WireToolCall {
  readonly id: string;
  readonly name: string;
  /** The arguments as the model writes them: text, in pieces. */
  readonly argumentPieces: readonly string[];
}

export interface WireError {
  readonly message: string;
  /** OpenAI and Anthropic: `error.type`. Gemini: `error.status`. */
  readonly type?: string;
  readonly code?: string;
  /** The HTTP status, where the format repeats it in the body. */
  readonly status?: number;
}

/** One stream: what it says is numbered and closed as the format wants it, so each answer needs a dialect of its own. */
export interface Dialect {
  /** The model as the provider names it in its answer. */
  readonly model: string;
  /** Whatever comes before the first content. Without usage where `isSilent`. */
  open(options?: { isSilentOnUsage?: boolean }): string;
  text(piece: string): string;
  reasoning(piece: string): string;
  toolCall(call: WireToolCall): string;
  /** `reason`: a word of ours, or the provider's own as it would stand on the wire. */
  finish(reason: FinishWord | { readonly raw: string }, usage?: WireUsage): string;
  /** The end mark; empty where a stream just ends. */
  end(): string;
  readonly ping: string;
  /** Events and fields nobody has heard of yet. */
  readonly unknown: string;
  errorEvent(error: WireError): string;
  errorBody(error: WireError): unknown;
  /** The same answer as it looks when it is not streamed. */
  document(text: string): unknown;
}

/** A whole good answer of these pieces. */
export function answerOf(dialect: Dialect, ...pieces: readonly string[]): string {
  const texts = pieces.map((piece) => dialect.text(piece));
  return [dialect.open(), ...texts, dialect.finish('stop', wireUsage), dialect.end()].join('');
}

export function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

export function data(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
