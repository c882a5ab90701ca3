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
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(fields.message);
  }
}

/** `retry-after` in whole seconds, as both providers send it; none when nobody knows or it will never be admitted. */
export function retryAfterHeader(waitMs: number | undefined): Record<string, string> {
  if (waitMs === undefined || !Number.isFinite(waitMs)) return {};
  return { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) };
}
