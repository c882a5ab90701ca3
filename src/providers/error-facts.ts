/** From what a classifier found to the facts of a failure. */
import type { FailureType } from '../errors/failure-types';
import { identifierOf } from './failure';
import type { FailureFacts } from './failure';
import { TransportError } from './http-fetch';
import { readRetryAfter } from './retry-after';

/** An error the provider itself sent. */
interface ServedError {
  readonly type: FailureType;
  /** Absent for an error event after HTTP 200. */
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly param?: string | undefined;
  readonly headers: Headers | undefined;
  /** Names of the headers that may hold the request id, the best first. */
  readonly requestIdHeaders: readonly string[];
}

export function servedErrorFacts(error: ServedError): FailureFacts {
  const { type, status, code, param, headers } = error;
  const ids = error.requestIdHeaders.map((name) => identifierOf(headers?.get(name)));
  return {
    type,
    status,
    code,
    param,
    what: describe(status, code),
    requestId: ids.find((id) => id !== undefined),
    retryAfterMs: readRetryAfter(headers, { withResets: type === 'Llm.RateLimited' }),
  };
}

/** No answer at all. `cause` is what the SDK wrapped. */
export function connectionFacts(cause: unknown): FailureFacts {
  const code = cause instanceof TransportError ? identifierOf(cause.code) : undefined;
  return {
    type: 'Llm.Connection',
    code,
    what: `lost or refused the connection${code === undefined ? '' : ` (${code})`}`,
  };
}

function describe(status: number | undefined, code: string | undefined): string {
  if (status === undefined) return `broke its answer off with ${code ?? 'an error'}`;
  const answered = `answered ${status}`;
  if (status < 400) return `${answered}, a redirect, which is never followed; check the base URL of the endpoint`;
  return code === undefined ? answered : `${answered} ${code}`;
}
