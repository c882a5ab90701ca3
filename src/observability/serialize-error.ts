/**
 * An error as it goes into a log line. Only the fields named here: SDK errors carry request headers, keys included,
 * and response bodies as further members.
 */
export interface SerializedError {
  readonly name: string;
  /** Failure type of the catalogue, where the error has one. */
  readonly type?: string;
  /** Node's or the provider's own code, e.g. `ECONNREFUSED`. */
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly details?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** Causes form chains, and nothing stops a chain from being a ring. */
const deepestCause = 5;

export function serializeError(value: unknown, depth = 0): unknown {
  if (!(value instanceof Error)) return value;
  if (depth > deepestCause) return value.message;
  const { type, code, details, errors } = value as Error & Record<'type' | 'code' | 'details' | 'errors', unknown>;
  const serialized: SerializedError = {
    name: value.constructor.name,
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    message: value.message,
    ...(value.stack === undefined ? {} : { stack: value.stack }),
    ...(details === undefined ? {} : { details }),
    ...(value.cause === undefined ? {} : { cause: serializeError(value.cause, depth + 1) }),
    ...(Array.isArray(errors) ? { errors: errors.map((error) => serializeError(error, depth + 1)) } : {}),
  };
  return serialized;
}
