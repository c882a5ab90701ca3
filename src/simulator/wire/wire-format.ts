/** One provider's wire format: reads its requests, writes its answers, errors, streams and headers. */
import type { CallSize, Refusal } from '../limits';
import type { InputRecord } from '../read-input';
import type { EndpointSettings } from '../settings';
import type { ProviderError } from './provider-error';

export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** A request as the model sees it. */
export interface ModelCall extends CallSize {
  readonly model: string;
  readonly instructions: string;
  readonly messages: readonly ChatMessage[];
  /** JSON Schema the answer must match; absent = plain text. */
  readonly schema?: InputRecord;
  /** Largest output, by what was asked, the model's own maximum and the context window. */
  readonly outputLimit: number;
  /** What ends an answer that reaches `outputLimit`. */
  readonly limitFinish: 'length' | 'contextWindow';
  readonly isStream: boolean;
  /** OpenAI: the stream ends with a usage chunk. */
  readonly includesUsage: boolean;
}

export type Finish = 'stop' | 'length' | 'contextWindow' | 'contentFilter' | 'refusal';

export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly createdAtMs: number;
  /** The text in tokens. Of a refusal: what the model says instead. */
  readonly tokens: readonly string[];
  readonly finish: Finish;
  /** Raw reason sent instead of the one `finish` has. */
  readonly rawReason?: string;
  readonly inputTokens: number;
  /** The answer does not say what it used. */
  readonly hidesUsage: boolean;
  /** Well-formed, but without any content. */
  readonly isEmpty: boolean;
}

export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What reading a request takes to know of the endpoint. */
export interface ServedModel {
  readonly settings: EndpointSettings;
  /** `tokens` are the simulator's count of `text` and what frames it. */
  toOwnTokens(tokens: number, text: string): number;
}

export interface WireFormat {
  /** Path below the endpoint's name. */
  readonly path: string;
  readonly requestIdHeader: string;
  /** Tokens per streamed piece. */
  readonly tokensPerChunk: number;
  /** Whether status and headers of a stream are sent before the first token is there. */
  readonly opensBeforeFirstToken: boolean;
  readonly errors: ErrorFormat;
  keyOf(headers: RequestHeaders): string | undefined;
  /** Throws `ProviderError` for whatever the provider refuses before its limits. */
  parse(body: unknown, served: ServedModel, headers: RequestHeaders): ModelCall;
  newRequestId(hex: string): string;
  newAnswerId(hex: string): string;
  json(answer: Answer): unknown;
  /** Each piece is complete server-sent-event text. */
  opening(answer: Answer): string;
  delta(answer: Answer, text: string): string;
  closing(answer: Answer, includesUsage: boolean): string;
  readonly keepAlive: string;
  errorEvent(error: ProviderError, requestId: string): string;
}

export interface ErrorFormat {
  body(error: ProviderError, requestId: string): unknown;
  unauthorized(key: string | undefined): ProviderError;
  unknownRoute(method: string, path: string): ProviderError;
  malformedJson(): ProviderError;
  bodyTooLarge(): ProviderError;
  rateLimited(refusal: Refusal, model: string): ProviderError;
  /** What the provider answers with this status and, if given, its own code. */
  ofStatus(status: number, code?: string): ProviderError;
}

export function usageOf(answer: Answer): { input: number; output: number } {
  return { input: answer.inputTokens, output: answer.tokens.length };
}

export function bearerTokenOf(headers: RequestHeaders): string | undefined {
  return /^Bearer (.+)$/.exec(String(headers['authorization'] ?? ''))?.[1];
}
