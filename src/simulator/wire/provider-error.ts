/** A request that ends in the provider's own error response. */

/** The provider's error object, before its envelope. */
export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly code?: string | null;
  readonly param?: string | null;
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
