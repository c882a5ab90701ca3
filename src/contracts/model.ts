/** One call to a model, in words no provider owns. `providers/` maps it to each wire format and back. */
import type { JsonSchema, ModelParameters } from './settings';
import type { LimitReading } from './capacity';
import type { Usage } from './usage';

export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

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
}

export const finishReasons = ['stop', 'maxTokens', 'contentFilter', 'contextWindow', 'other'] as const;
export type FinishReason = (typeof finishReasons)[number];

export interface ModelAnswer {
  readonly text: string;
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
