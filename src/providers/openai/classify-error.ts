/**
 * Errors of OpenAI, Azure and compatible servers, by code, type and status; by message only where a service says it
 * nowhere else. Sources: https://developers.openai.com/api/docs/guides/error-codes, Azure's quota and content filter
 * documentation, and the sources of vLLM, Ollama and llama.cpp.
 */
import { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import type { FailureType } from '../../errors/failure-types';
import { connectionFacts, servedErrorFacts } from '../error-facts';
import { identifierOf } from '../failure';
import type { FailureFacts } from '../failure';
import { typeOfStatus } from '../http-status';
import { isRecord, lookUp, normalizeMessage, recordOf } from '../wire-value';
import type { WireRecord } from '../wire-value';

const typeOfCode: Readonly<Record<string, FailureType>> = {
  rate_limit_exceeded: 'Llm.RateLimited',
  slow_down: 'Llm.RateLimited',
  server_is_overloaded: 'Llm.Overloaded',
  resource_unavailable: 'Llm.Overloaded',
  NoCapacity: 'Llm.Overloaded',
  server_error: 'Llm.ServerError',
  insufficient_quota: 'Llm.QuotaExhausted',
  InsufficientQuota: 'Llm.QuotaExhausted',
  credit_balance_exhausted: 'Llm.QuotaExhausted',
  organization_usage_limit_exceeded: 'Llm.QuotaExhausted',
  billing_hard_limit_reached: 'Llm.QuotaExhausted',
  billing_not_active: 'Llm.QuotaExhausted',
  invalid_api_key: 'Llm.Authentication',
  model_not_found: 'Llm.ModelNotFound',
  DeploymentNotFound: 'Llm.ModelNotFound',
  context_length_exceeded: 'Llm.ContextTooLong',
  string_above_max_length: 'Llm.ContextTooLong',
  content_filter: 'Llm.ContentFiltered',
  // Flagged as violating the usage policies, whatever its name says.
  invalid_prompt: 'Llm.ContentFiltered',
  ResponsibleAIPolicyViolation: 'Llm.ContentFiltered',
  data_residency_mismatch: 'Llm.BadRequest',
  empty_image_file: 'Llm.BadRequest',
  failed_to_download_image: 'Llm.BadRequest',
};

/** Families of codes: `project_spend_limit_exceeded`, `content_policy_violation`, `bio_policy`, `invalid_image_format`. */
const typeOfCodePattern: readonly (readonly [RegExp, FailureType])[] = [
  [/_spend_limit_exceeded$/, 'Llm.QuotaExhausted'],
  [/_policy(?:_violation)?$/, 'Llm.ContentFiltered'],
  [/^(?:invalid|unsupported|invalid_base64)_image|^image_/, 'Llm.BadRequest'],
];

/** Types that mean the same whatever the status, also beside codes that are not known yet. */
const typeOfPreciseType: Readonly<Record<string, FailureType>> = {
  insufficient_quota: 'Llm.QuotaExhausted',
  exceed_context_size_error: 'Llm.ContextTooLong',
};

/** What only prose says, within a class. Tried on normalized messages. */
const refinements: Readonly<Partial<Record<FailureType, readonly (readonly [RegExp, FailureType])[]>>> = {
  'Llm.RateLimited': [[/high demand/, 'Llm.Overloaded']],
  'Llm.BadRequest': [
    [
      /maximum context length|longer than the model's context|context (?:the )?overflows|exceeds? the (?:available |model's )?context (?:size|length|window)/,
      'Llm.ContextTooLong',
    ],
    // Gateways drop the code and keep the prose.
    [
      /azure openai's content management policy|violat\w+ (?:our|openai's) (?:usage|content) polic/,
      'Llm.ContentFiltered',
    ],
  ],
};

/** Broad: the status says more, where there is one. Error events after HTTP 200 have none. */
const typeOfErrorType: Readonly<Record<string, FailureType>> = {
  rate_limit_error: 'Llm.RateLimited',
  requests: 'Llm.RateLimited',
  tokens: 'Llm.RateLimited',
  service_unavailable_error: 'Llm.Overloaded',
  server_error: 'Llm.ServerError',
  invalid_request_error: 'Llm.BadRequest',
  authentication_error: 'Llm.Authentication',
};

export function classifyError(error: unknown): FailureFacts | undefined {
  // Both are APIErrors without a status, so they go first.
  if (error instanceof APIConnectionError || error instanceof APIUserAbortError) return connectionFacts(error.cause);
  if (!(error instanceof APIError)) return undefined;
  const { status, headers } = error as APIError<number | undefined, Headers | undefined>;
  return classifyErrorBody(error.error, { status, headers });
}

export function classifyBody(body: unknown, headers: Headers): FailureFacts | undefined {
  if (!isRecord(body)) return undefined;
  if (body['object'] === 'error' || body['detail'] !== undefined) return classifyErrorBody(body, { headers });
  const { error } = body;
  return isRecord(error) || typeof error === 'string' ? classifyErrorBody(error, { headers }) : undefined;
}

/** `body`: the `error` object itself, or no more than its message. */
export function classifyErrorBody(
  body: unknown,
  answer: { status?: number | undefined; headers?: Headers | undefined },
): FailureFacts {
  const error: WireRecord = typeof body === 'string' ? { message: body } : recordOf(body);
  // Compatible servers put an HTTP status into `code`, also in error events.
  const statusInCode = /^[45]\d\d$/.test(String(error['code'])) ? Number(error['code']) : undefined;
  const code = statusInCode === undefined ? identifierOf(error['code']) : undefined;
  const innerCode = identifierOf(recordOf(error['innererror'])['code']);
  const kind = identifierOf(error['type']);
  const byCode = typeOfKnownCode(innerCode) ?? typeOfKnownCode(code) ?? lookUp(typeOfPreciseType, kind);
  const status = answer.status ?? statusInCode;
  const byStatus = status === undefined ? (lookUp(typeOfErrorType, kind) ?? 'Llm.ServerError') : typeOfStatus(status);
  return servedErrorFacts({
    type: byCode ?? refineByMessage(byStatus, error['message'] ?? error['detail']),
    status: answer.status,
    code: code ?? innerCode ?? (kind === 'error' ? undefined : kind),
    param: identifierOf(error['param']),
    headers: answer.headers,
    // Azure sends both; the first is the one its support asks for.
    requestIdHeaders: ['apim-request-id', 'x-request-id'],
  });
}

function typeOfKnownCode(code: string | undefined): FailureType | undefined {
  return lookUp(typeOfCode, code) ?? typeOfCodePattern.find(([pattern]) => pattern.test(code ?? ''))?.[1];
}

function refineByMessage(type: FailureType, rawMessage: unknown): FailureType {
  const message = normalizeMessage(rawMessage);
  return refinements[type]?.find(([pattern]) => pattern.test(message))?.[1] ?? type;
}
