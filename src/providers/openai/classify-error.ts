/**
 * OpenAI's errors, by code, type and status; by message only where a service says it nowhere else.
 * Source: https://developers.openai.com/api/docs/guides/error-codes and, for codes of Azure, its quota documentation.
 */
import { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import type { FailureType } from '../../errors/failure-types';
import { connectionFacts, servedErrorFacts } from '../error-facts';
import { identifierOf } from '../failure';
import type { FailureFacts } from '../failure';
import { typeOfStatus } from '../http-status';
import { isRecord, lookUp, normalizeMessage, recordOf } from '../wire-value';

const typeOfCode: Readonly<Record<string, FailureType>> = {
  rate_limit_exceeded: 'Llm.RateLimited',
  slow_down: 'Llm.RateLimited',
  server_is_overloaded: 'Llm.Overloaded',
  resource_unavailable: 'Llm.Overloaded',
  NoCapacity: 'Llm.Overloaded',
  server_error: 'Llm.ServerError',
  insufficient_quota: 'Llm.QuotaExhausted',
  credit_balance_exhausted: 'Llm.QuotaExhausted',
  organization_usage_limit_exceeded: 'Llm.QuotaExhausted',
  billing_hard_limit_reached: 'Llm.QuotaExhausted',
  billing_not_active: 'Llm.QuotaExhausted',
  invalid_api_key: 'Llm.Authentication',
  model_not_found: 'Llm.ModelNotFound',
  DeploymentNotFound: 'Llm.ModelNotFound',
  context_length_exceeded: 'Llm.ContextTooLong',
  content_filter: 'Llm.ContentFiltered',
  // Flagged as violating the usage policies, whatever its name says.
  invalid_prompt: 'Llm.ContentFiltered',
  ResponsibleAIPolicyViolation: 'Llm.ContentFiltered',
};

/** Families of codes: `project_spend_limit_exceeded`, `content_policy_violation`, `bio_policy`. */
const typeOfCodePattern: readonly (readonly [RegExp, FailureType])[] = [
  [/_spend_limit_exceeded$/, 'Llm.QuotaExhausted'],
  [/_policy(?:_violation)?$/, 'Llm.ContentFiltered'],
];

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
  return isRecord(body) && isRecord(body['error']) ? classifyErrorBody(body['error'], { headers }) : undefined;
}

/** `body`: the `error` object itself. */
function classifyErrorBody(
  body: unknown,
  answer: { status?: number | undefined; headers?: Headers | undefined },
): FailureFacts {
  const error = recordOf(body);
  // Compatible servers put an HTTP status into `code`, also in error events.
  const statusInCode = /^[45]\d\d$/.test(String(error['code'])) ? Number(error['code']) : undefined;
  const code = statusInCode === undefined ? identifierOf(error['code']) : undefined;
  const innerCode = identifierOf(recordOf(error['innererror'])['code']);
  const kind = identifierOf(error['type']);
  const byCode = typeOfKnownCode(innerCode) ?? typeOfKnownCode(code) ?? typeOfQuotaKind(kind);
  const status = answer.status ?? statusInCode;
  const byStatus = status === undefined ? (lookUp(typeOfErrorType, kind) ?? 'Llm.ServerError') : typeOfStatus(status);
  return servedErrorFacts({
    type: byCode ?? refineByMessage(byStatus, error['message']),
    status: answer.status,
    code: code ?? innerCode ?? kind,
    param: identifierOf(error['param']),
    headers: answer.headers,
    requestIdHeaders: ['x-request-id', 'apim-request-id'],
  });
}

function typeOfKnownCode(code: string | undefined): FailureType | undefined {
  return lookUp(typeOfCode, code) ?? typeOfCodePattern.find(([pattern]) => pattern.test(code ?? ''))?.[1];
}

/** Stands above any code of the billing family, also above those that are not known yet. */
function typeOfQuotaKind(kind: string | undefined): FailureType | undefined {
  return kind === 'insufficient_quota' ? 'Llm.QuotaExhausted' : undefined;
}

/** Last resort, within a class only: Azure says "high demand" and compatible servers the window in prose alone. */
function refineByMessage(type: FailureType, rawMessage: unknown): FailureType {
  const message = normalizeMessage(rawMessage);
  if (type === 'Llm.RateLimited' && message.includes('high demand')) return 'Llm.Overloaded';
  if (type === 'Llm.BadRequest' && message.includes('maximum context length')) return 'Llm.ContextTooLong';
  return type;
}
