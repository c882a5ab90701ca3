/** One call to a model, in words no provider owns. `providers/` maps it to each wire format and back. */
import type { EmbeddingPlan } from './embedding';
import type { JsonObject, JsonValue } from './json';
import type { JsonSchema, ModelParameters, ProviderName } from './settings';
import type { LimitReading } from './capacity';
import type { Usage } from './usage';

export const imageTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const;
export type ImageType = (typeof imageTypes)[number];

/** What a step may show its model besides text. `data` is the file in base64. */
export type Attachment =
  | { readonly kind: 'image'; readonly mediaType: ImageType; readonly data: string }
  | { readonly kind: 'pdf'; readonly name: string; readonly data: string };

/** A function the model may ask for. Its result comes back with the next call. */
export interface ToolDefinition {
  /** `[A-Za-z0-9_-]{1,64}`. */
  readonly name: string;
  readonly description: string;
  /** Of the arguments; an object schema. */
  readonly inputSchema: JsonSchema;
}

export interface ToolCall {
  /** The provider's own; made up, and unique in its answer, where it gives none (Gemini). */
  readonly id: string;
  readonly name: string;
  readonly arguments: JsonObject;
  /** What is wrong with the arguments, by the tool's own schema: the tool is not called, and the model is told. */
  readonly problem?: string;
}

/**
 * What a provider wants to see again, unchanged, beside the tool calls it made: thinking blocks, thought signatures.
 * Another provider leaves it out.
 */
export interface Carried {
  readonly provider: ProviderName;
  readonly data: JsonValue;
}

export type ModelMessage =
  | { readonly role: 'user'; readonly content: string; readonly attachments?: readonly Attachment[] }
  | {
      readonly role: 'assistant';
      readonly content: string;
      readonly toolCalls?: readonly ToolCall[];
      readonly carried?: Carried;
    }
  /** Answers to the tool calls of the message before, one message for each, in their order. */
  | {
      readonly role: 'tool';
      readonly toolCallId: string;
      readonly name: string;
      readonly content: string;
      readonly isError?: boolean;
    };

export interface OutputFormat {
  /** `[A-Za-z0-9_-]{1,64}`. */
  readonly name: string;
  readonly schema: JsonSchema;
}

export interface ModelRequest {
  readonly model: string;
  readonly system?: string;
  readonly messages: readonly ModelMessage[];
  readonly parameters: ModelParameters;
  /** Ask for JSON of this schema by the provider's own means. The answer is validated again by the caller. */
  readonly output?: OutputFormat;
  /** Functions the model may call; it decides whether it does. */
  readonly tools?: readonly ToolDefinition[];
  /** Asks for one vector for each message instead of an answer; `ModelAnswer.text` has them packed. */
  readonly embedding?: EmbeddingPlan;
}

export const finishReasons = ['stop', 'toolCalls', 'maxTokens', 'contentFilter', 'contextWindow', 'other'] as const;
export type FinishReason = (typeof finishReasons)[number];

export interface ModelAnswer {
  /** Empty only when there are tool calls. */
  readonly text: string;
  /** Present exactly when `finishReason` is `toolCalls`. */
  readonly toolCalls?: readonly ToolCall[];
  readonly carried?: Carried;
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  /** The model as the provider names it in its answer. */
  readonly model: string;
  readonly requestId?: string;
  readonly firstTokenMs?: number;
  readonly durationMs: number;
  /** What the answer's headers said about the provider's limits; absent when there were none. */
  readonly limits?: readonly LimitReading[];
}

/** A call that goes on at the provider without us, and can be picked up again: an OpenAI background response. */
export interface ResumableCall {
  readonly endpoint: string;
  /** The provider's id of the response. */
  readonly responseId: string;
  /** When it was given, by the clock of the process that began the call. */
  readonly givenAtMs?: number;
}
