/** A request that ends in the provider's own error response, and how a provider words it. */
import type { Refusal } from '../limits';

/** The provider's error object, before its envelope. */
export interface ErrorFields {
  /** Gemini: the status, e.g. `RESOURCE_EXHAUSTED`. */
  readonly type: string;
  readonly message: string;
  readonly code?: string | null;
  readonly param?: string | null;
  /** Azure: `innererror`. Gemini: `details`. */
  readonly details?: unknown;
}

export class ProviderError extends Error {
  override readonly name = 'ProviderError';

  constructor(
    readonly status: number,
    readonly fields: ErrorFields,
    /** When it would be admitted; Infinity = never or nobody knows. */
    readonly retryInMs = Number.POSITIVE_INFINITY,
  ) {
    super(fields.message);
  }
}

export interface ErrorFormat {
  body(error: ProviderError, requestId: string): unknown;
  unauthorized(key: string | undefined): ProviderError;
  unknownRoute(method: string, path: string): ProviderError;
  unknownModel(model: string): ProviderError;
  malformedJson(): ProviderError;
  bodyTooLarge(): ProviderError;
  rateLimited(refusal: Refusal, model: string): ProviderError;
  /** What the provider answers to a prompt its filter refuses; absent = an answer that says so. */
  promptBlocked?(): ProviderError;
  /** What the provider answers with this status and, if given, its own code. */
  ofStatus(status: number, code?: string): ProviderError;
}
