/**
 * Gemini's errors, `{ error: { code, message, status, details } }`, by the reason and the quotas in `details`, by
 * `status` and by HTTP status; by message only within the one class where the API says it nowhere else.
 * Source: ai.google.dev/gemini-api/docs/troubleshooting and google.rpc's error_details.proto.
 */
import type { FailureType } from '../../errors/failure-types';
import { servedErrorFacts } from '../error-facts';
import { identifierOf } from '../failure';
import type { FailureFacts } from '../failure';
import { readClock } from '../header-values';
import { typeOfStatus } from '../http-status';
import { countOf, isRecord, lookUp, normalizeMessage, recordOf } from '../wire-value';
import type { WireRecord } from '../wire-value';
import { isDaily, readQuotaIds, readRetryDelay, untilPacificMidnightMs } from './quota';

const typeOfReason: Readonly<Record<string, FailureType>> = {
  // Comes with a 400.
  API_KEY_INVALID: 'Llm.Authentication',
  BILLING_DISABLED: 'Llm.QuotaExhausted',
  MODEL_CAPACITY_EXHAUSTED: 'Llm.Overloaded',
};

/** Where the HTTP status would say something else. */
const typeOfPreciseStatus: Readonly<Record<string, FailureType>> = {
  // With a 400: not for this account or country. The request is fine and another endpoint can take it.
  FAILED_PRECONDITION: 'Llm.Authentication',
  // With a 499: on the provider's side, for our own would have closed the connection.
  CANCELLED: 'Llm.ServerError',
};

/** Where there is no HTTP status: errors after 200 that have no `code`. */
const typeOfBareStatus: Readonly<Record<string, FailureType>> = {
  INVALID_ARGUMENT: 'Llm.BadRequest',
  UNAUTHENTICATED: 'Llm.Authentication',
  PERMISSION_DENIED: 'Llm.Authentication',
  NOT_FOUND: 'Llm.ModelNotFound',
  RESOURCE_EXHAUSTED: 'Llm.RateLimited',
  UNAVAILABLE: 'Llm.Overloaded',
};

/** What is said in prose alone. Tried on normalized messages of its class only. */
const typeOfMessage: Readonly<Partial<Record<FailureType, readonly (readonly [RegExp, FailureType])[]>>> = {
  'Llm.BadRequest': [
    [
      /token count.*(?:exceeds the maximum number of tokens|only supports up to)|payload size exceeds the limit/,
      'Llm.ContextTooLong',
    ],
  ],
  'Llm.RateLimited': [[/prepayment credits are depleted|spend(?:ing)? (?:cap|limit)/, 'Llm.QuotaExhausted']],
};

interface Answer {
  /** Absent for an error after HTTP 200. */
  readonly status?: number | undefined;
  readonly headers?: Headers | undefined;
}

/** An error after HTTP 200: a body in place of the stream, or a chunk of it. Undefined when it is none. */
export function classifyBody(body: unknown, headers?: Headers): FailureFacts | undefined {
  return isRecord(errorIn(body)) ? classifyErrorBody(body, { headers }) : undefined;
}

export function classifyErrorBody(body: unknown, answer: Answer): FailureFacts {
  const error = recordOf(errorIn(body));
  const details = Array.isArray(error['details']) ? error['details'].map(recordOf) : [];
  const quotaIds = readQuotaIds(details);
  const reason = details.map((detail) => identifierOf(detail['reason'])).find((known) => known !== undefined);
  const word = identifierOf(error['status']);
  const type = typeOf(error, { status: answer.status ?? httpStatusIn(error), word, reason, quotaIds });
  const facts = servedErrorFacts({
    type,
    status: answer.status,
    code: quotaIds.find(isDaily) ?? quotaIds[0] ?? reason ?? word,
    headers: answer.headers,
    requestIdHeaders: ['x-request-id'],
  });
  return { ...facts, retryAfterMs: waitOf(type, { quotaIds, details, headers: answer.headers }) ?? facts.retryAfterMs };
}

/** Without `alt=sse` errors come as the one element of an array, and some proxies keep it that way. */
function errorIn(body: unknown): unknown {
  return recordOf(Array.isArray(body) ? body[0] : body)['error'];
}

function httpStatusIn(error: WireRecord): number | undefined {
  const code = countOf(error['code']);
  return code !== undefined && code >= 400 && code < 600 ? code : undefined;
}

interface Clues {
  readonly status: number | undefined;
  readonly word: string | undefined;
  readonly reason: string | undefined;
  readonly quotaIds: readonly string[];
}

function typeOf(error: WireRecord, { status, word, reason, quotaIds }: Clues): FailureType {
  const precise = lookUp(typeOfReason, reason) ?? lookUp(typeOfPreciseStatus, word);
  if (precise !== undefined) return precise;
  const broad = status === undefined ? (lookUp(typeOfBareStatus, word) ?? 'Llm.ServerError') : typeOfStatus(status);
  if (broad === 'Llm.RateLimited' && quotaIds.some(isDaily)) return 'Llm.QuotaExhausted';
  const message = normalizeMessage(error['message']);
  return typeOfMessage[broad]?.find(([pattern]) => pattern.test(message))?.[1] ?? broad;
}

interface Hints {
  readonly quotaIds: readonly string[];
  readonly details: readonly WireRecord[];
  readonly headers: Headers | undefined;
}

function waitOf(type: FailureType, { quotaIds, details, headers }: Hints): number | undefined {
  if (type !== 'Llm.QuotaExhausted') return readRetryDelay(details);
  const nowMs = Date.now();
  return quotaIds.some(isDaily) ? untilPacificMidnightMs(readClock(headers ?? new Headers(), nowMs)) : undefined;
}
