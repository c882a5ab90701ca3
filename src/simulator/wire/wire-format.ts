/** One interface of a provider: reads its requests, writes its answers and streams. */
import type { CallSize } from '../limits';
import type { InputRecord } from '../read-input';
import type { EndpointSettings } from '../settings';
import type { Answer } from './answer';
import type { ErrorFormat, ProviderError } from './provider-error';

export type InterfaceName = 'chat' | 'responses' | 'messages' | 'generateContent' | 'embeddings' | 'embedContent';

export interface Attachment {
  readonly kind: 'image' | 'pdf';
  readonly mediaType: string;
  readonly bytes: number;
}

export interface ChatMessage {
  readonly role: 'user' | 'assistant' | 'tool';
  /** Of an assistant that called tools: its words and its calls as JSON. */
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  /** Of a `tool` message. */
  readonly toolName?: string;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly schema: InputRecord;
}

/** `required`: some tool; a name: that one. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

/** A request as the model sees it. */
export interface ModelCall extends CallSize {
  readonly model: string;
  readonly instructions: string;
  readonly messages: readonly ChatMessage[];
  /** JSON Schema the answer must match; absent = plain text. */
  readonly schema?: InputRecord;
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  /** Generated before the answer and not part of it. */
  readonly reasoningTokens: number;
  /** The answer carries a summary of the reasoning, where the interface has one. */
  readonly showsReasoning: boolean;
  /** Largest output, by what was asked, the model's own maximum and the context window. */
  readonly outputLimit: number;
  /** What ends an answer that reaches `outputLimit`. */
  readonly limitFinish: 'length' | 'contextWindow';
  readonly isStream: boolean;
  /** The stream says what it used (OpenAI chat: only when asked). */
  readonly includesUsage: boolean;
  /** Generated at its own pace, whether anybody listens or not (Responses). */
  readonly isBackground: boolean;
  /** The request's body, for interfaces that repeat it in the answer. */
  readonly body: InputRecord;
  /** Vectors are asked for, and no words. */
  readonly embedding?: EmbeddingRequest;
}

export interface EmbeddingRequest {
  readonly texts: readonly string[];
  /** Numbers of one vector. */
  readonly dimensions: number;
}

export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What reading a request takes to know of the endpoint. */
export interface ServedModel {
  readonly settings: EndpointSettings;
  /** `tokens` are the simulator's count of `text` and what frames it. */
  toOwnTokens(tokens: number, text: string): number;
}

/** What a request says outside its body. */
export interface RequestFrame {
  readonly headers: RequestHeaders;
  /** From the path (Azure deployments, Gemini); absent = in the body. */
  readonly model?: string;
  /** From the path (Gemini); absent = in the body. */
  readonly isStream?: boolean;
  readonly errors: ErrorFormat;
}

/**
 * `content` carries tokens of the answer, `frame` what opens and closes its parts; `silence` passes while the model thinks
 * and sends nothing; `ending` is the event that says how it ended and all after it.
 */
export interface Piece {
  readonly kind: 'frame' | 'silence' | 'content' | 'ending';
  /** A complete server-sent event, or nothing. */
  readonly data: string;
  /** Tokens generated with this piece. */
  readonly tokens: number;
}

export interface WireFormat {
  readonly name: InterfaceName;
  /** Whether status and headers of a stream are sent before the first token is there. */
  readonly opensBeforeFirstToken: boolean;
  /** Throws `ProviderError` for whatever the provider refuses before its limits. */
  parse(body: unknown, served: ServedModel, frame: RequestFrame): ModelCall;
  newAnswerId(hex: string): string;
  newToolCallId(hex: string): string;
  json(answer: Answer, call: ModelCall): unknown;
  stream(answer: Answer, call: ModelCall): Iterable<Piece>;
  readonly keepAlive: string;
  /** `sent` = events sent before. */
  errorEvent(error: ProviderError, context: { errors: ErrorFormat; requestId: string; sent: number }): string;
}

/** Tokens of silence that are charged in one go. */
const silenceStep = 8;

export function* silence(tokens: number): Generator<Piece> {
  for (let left = tokens; left > 0; left -= silenceStep) {
    yield { kind: 'silence', data: '', tokens: Math.min(silenceStep, left) };
  }
}

/** A text as pieces of `perPiece` tokens. */
export function* contentPieces(
  tokens: readonly string[],
  perPiece: number,
  dataOf: (text: string) => string,
): Generator<Piece> {
  for (let start = 0; start < tokens.length; start += perPiece) {
    const chunk = tokens.slice(start, start + perPiece);
    yield { kind: 'content', data: dataOf(chunk.join('')), tokens: chunk.length };
  }
}

export function framePiece(data: string): Piece {
  return { kind: 'frame', data, tokens: 0 };
}

export function endingPiece(data: string): Piece {
  return { kind: 'ending', data, tokens: 0 };
}
