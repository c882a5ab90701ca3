/**
 * Anthropic's errors, by `details.error_code`, type and status; by message only within the one class where the API says
 * it nowhere else. Source: https://platform.claude.com/docs/en/api/errors and the SDK's list of error codes.
 */
import { APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import type { FailureType } from '../../errors/failure-types';
import { connectionFacts, servedErrorFacts } from '../error-facts';
import { identifierOf } from '../failure';
import type { FailureFacts } from '../failure';
import { typeOfStatus } from '../http-status';
import { isRecord, lookUp, normalizeMessage, recordOf } from '../wire-value';

const typeOfCode: Readonly<Record<string, FailureType>> = {
  ramp_limit_exceeded: 'Llm.RateLimited',
  enforced_spend_limit_reached: 'Llm.QuotaExhausted',
  contract_spend_limit_reached: 'Llm.QuotaExhausted',
  linked_organization_spend_limit_reached: 'Llm.QuotaExhausted',
  linked_organization_billing_unavailable: 'Llm.QuotaExhausted',
  // The account cannot be used until somebody acts; the request is fine and another endpoint can take it.
  organization_on_hold: 'Llm.Authentication',
  cmek_key_disabled: 'Llm.Authentication',
  cmek_key_network_blocked: 'Llm.Authentication',
  request_body_too_large_after_decoding: 'Llm.ContextTooLong',
};

/** Types that mean the same whatever the status. */
const typeOfPreciseType: Readonly<Record<string, FailureType>> = {
  billing_error: 'Llm.QuotaExhausted',
  overloaded_error: 'Llm.Overloaded',
  rate_limit_error: 'Llm.RateLimited',
  request_too_large: 'Llm.ContextTooLong',
};

/** Broad: the status says more, where there is one. Error events after HTTP 200 have none. */
const typeOfErrorType: Readonly<Record<string, FailureType>> = {
  invalid_request_error: 'Llm.BadRequest',
  authentication_error: 'Llm.Authentication',
  permission_error: 'Llm.Authentication',
  not_found_error: 'Llm.ModelNotFound',
};

/** What `invalid_request_error` says in prose alone. Tried on normalized messages. */
const typeOfRequestMessage: readonly (readonly [RegExp, FailureType])[] = [
  [
    /prompt is too long|exceed(?:s|ed)? (?:the )?(?:model's )?(?:maximum )?context (?:limit|length|window)/,
    'Llm.ContextTooLong',
  ],
  [/credit balance is too low|reached your specified (?:\w+ )?api usage limits/, 'Llm.QuotaExhausted'],
  [/blocked by (?:our )?content filtering policy/, 'Llm.ContentFiltered'],
];

export function classifyError(error: unknown): FailureFacts | undefined {
  // Both are APIErrors without a status, so they go first.
  if (error instanceof APIConnectionError || error instanceof APIUserAbortError) return connectionFacts(error.cause);
  if (!(error instanceof APIError)) return undefined;
  const { status, headers } = error as APIError<number | undefined, Headers | undefined>;
  return classifyErrorBody(error.error, { status, headers });
}

export function classifyBody(body: unknown, headers: Headers): FailureFacts | undefined {
  return isRecord(body) && isRecord(body['error']) ? classifyErrorBody(body, { headers }) : undefined;
}

/** `body`: the whole document, `{ type: 'error', error: { type, message, details } }`. */
function classifyErrorBody(
  body: unknown,
  answer: { status?: number | undefined; headers?: Headers | undefined },
): FailureFacts {
  const error = recordOf(recordOf(body)['error']);
  const code = identifierOf(recordOf(error['details'])['error_code']);
  const kind = identifierOf(error['type']);
  const precise = lookUp(typeOfCode, code) ?? lookUp(typeOfPreciseType, kind);
  const broad =
    answer.status === undefined ? (lookUp(typeOfErrorType, kind) ?? 'Llm.ServerError') : typeOfStatus(answer.status);
  return servedErrorFacts({
    type: precise ?? refineByMessage(broad, error['message']),
    status: answer.status,
    code: code ?? kind,
    headers: answer.headers,
    requestIdHeaders: ['request-id'],
  });
}

function refineByMessage(type: FailureType, rawMessage: unknown): FailureType {
  if (type !== 'Llm.BadRequest') return type;
  const message = normalizeMessage(rawMessage);
  return typeOfRequestMessage.find(([pattern]) => pattern.test(message))?.[1] ?? type;
}
