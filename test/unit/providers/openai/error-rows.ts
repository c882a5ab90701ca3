/** OpenAI's errors, which Azure and compatible servers speak too: status × code × type → class. */
import type { FailureType } from '../../../../src/errors/failure-types';
import type { Dialect } from '../dialects';
import type { FailureRow } from '../failure-table';
import { status, streaming } from '../wire-server';

export interface ErrorBody {
  readonly code?: string | number | null;
  readonly type?: string;
  readonly param?: string;
  readonly message?: string;
  readonly innererror?: unknown;
}

/** `[status, error object, type, headers, retryAfterMs]`. */
type Row = readonly [number, ErrorBody, FailureType, Record<string, string>?, number?];

const httpErrors: readonly Row[] = [
  [429, { code: 'rate_limit_exceeded', type: 'tokens' }, 'Llm.RateLimited', { 'retry-after': '7' }, 7_000],
  [429, { code: 'rate_limit_exceeded', type: 'requests' }, 'Llm.RateLimited', { 'retry-after-ms': '250' }, 250],
  [429, { code: 'slow_down', type: 'rate_limit_error' }, 'Llm.RateLimited'],
  [503, { code: 'slow_down', type: 'service_unavailable_error' }, 'Llm.RateLimited'],
  [429, { code: null, type: 'invalid_request_error' }, 'Llm.RateLimited'],
  [429, { code: '429', message: 'Rate limit is exceeded. Try again in 3 seconds.' }, 'Llm.RateLimited'],
  [429, { code: 'too_many_requests', message: 'The system is experiencing high demand' }, 'Llm.Overloaded'],
  [429, { code: 'NoCapacity', message: '…' }, 'Llm.Overloaded'],
  [429, { code: 'resource_unavailable' }, 'Llm.Overloaded'],
  [
    503,
    { code: 'server_is_overloaded', type: 'service_unavailable_error' },
    'Llm.Overloaded',
    { 'retry-after': '20' },
    20_000,
  ],
  [503, { code: null, type: 'server_error', message: 'The engine is currently overloaded' }, 'Llm.Overloaded'],
  [500, { code: null, type: 'server_error' }, 'Llm.ServerError'],
  [500, { code: 'server_error', type: 'server_error' }, 'Llm.ServerError'],
  [429, { code: 'insufficient_quota', type: 'insufficient_quota' }, 'Llm.QuotaExhausted'],
  [429, { code: 'credit_balance_exhausted', type: 'insufficient_quota' }, 'Llm.QuotaExhausted'],
  [429, { code: 'project_spend_limit_exceeded', type: 'insufficient_quota' }, 'Llm.QuotaExhausted'],
  [429, { code: 'organization_spend_limit_exceeded', type: 'requests' }, 'Llm.QuotaExhausted'],
  [429, { code: 'organization_usage_limit_exceeded', type: 'requests' }, 'Llm.QuotaExhausted'],
  [429, { code: 'a_code_of_next_year', type: 'insufficient_quota' }, 'Llm.QuotaExhausted'],
  [400, { code: 'billing_hard_limit_reached', type: 'invalid_request_error' }, 'Llm.QuotaExhausted'],
  [401, { code: 'invalid_api_key', type: 'invalid_request_error' }, 'Llm.Authentication'],
  [401, { code: '401', message: 'Access denied due to invalid subscription key' }, 'Llm.Authentication'],
  [403, { code: 'unsupported_country_region_territory', type: 'request_forbidden' }, 'Llm.Authentication'],
  [404, { code: 'model_not_found', type: 'invalid_request_error' }, 'Llm.ModelNotFound'],
  [403, { code: 'model_not_found', type: 'invalid_request_error' }, 'Llm.ModelNotFound'],
  [404, { code: 'DeploymentNotFound' }, 'Llm.ModelNotFound'],
  [400, { code: 'unsupported_value', param: 'temperature', type: 'invalid_request_error' }, 'Llm.BadRequest'],
  [400, { code: null, type: 'invalid_request_error', message: 'response_format is wrong' }, 'Llm.BadRequest'],
  [422, { code: null, type: 'invalid_request_error' }, 'Llm.BadRequest'],
  [400, { code: 'context_length_exceeded', type: 'invalid_request_error' }, 'Llm.ContextTooLong'],
  [
    400,
    { code: 400, type: 'BadRequestError', message: 'This model’s maximum context length is 8192 tokens' },
    'Llm.ContextTooLong',
  ],
  [400, { code: 'content_policy_violation', type: 'invalid_request_error' }, 'Llm.ContentFiltered'],
  [400, { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } }, 'Llm.ContentFiltered'],
  [400, { code: 'BadRequest', innererror: { code: 'ResponsibleAIPolicyViolation' } }, 'Llm.ContentFiltered'],
  [400, { code: 'invalid_prompt', type: 'invalid_request_error' }, 'Llm.ContentFiltered'],
  [400, { code: 'bio_policy', type: 'invalid_request_error' }, 'Llm.ContentFiltered'],
  [400, { code: 'misalignment_policy_violation', type: 'invalid_request_error' }, 'Llm.ContentFiltered'],
  [400, { code: 'image_content_policy_violation', type: 'image_generation_user_error' }, 'Llm.ContentFiltered'],
  [
    400,
    { code: null, message: 'The response was filtered due to Azure OpenAI’s content management policy.' },
    'Llm.ContentFiltered',
  ],
  [400, { code: null, message: 'Your request violates OpenAI’s  usage policies' }, 'Llm.ContentFiltered'],
  [400, { code: 'invalid_image_format', type: 'invalid_request_error' }, 'Llm.BadRequest'],
  [400, { code: 'invalid_encrypted_content', type: 'invalid_request_error' }, 'Llm.BadRequest'],
  [400, { code: 'string_above_max_length', param: 'input', type: 'invalid_request_error' }, 'Llm.ContextTooLong'],
];

/** Errors after HTTP 200: no status to go by. */
const streamErrors: readonly (readonly [ErrorBody, FailureType])[] = [
  [{ type: 'server_error', code: null }, 'Llm.ServerError'],
  [{ type: 'an_error_of_next_year', code: null }, 'Llm.ServerError'],
  [{ type: 'constructor', code: 'toString' }, 'Llm.ServerError'],
  [{ type: 'rate_limit_error', code: 'rate_limit_exceeded' }, 'Llm.RateLimited'],
  [{ type: 'tokens', code: null }, 'Llm.RateLimited'],
  [{ type: 'service_unavailable_error', code: 'server_is_overloaded' }, 'Llm.Overloaded'],
  [{ type: 'insufficient_quota', code: 'insufficient_quota' }, 'Llm.QuotaExhausted'],
  [{ type: 'invalid_request_error', code: 'content_policy_violation' }, 'Llm.ContentFiltered'],
  [{ type: 'invalid_request_error', code: null }, 'Llm.BadRequest'],
  [{ type: 'InternalServerError', code: 502 }, 'Llm.ServerError'],
  [{ type: 'TooManyRequests', code: 429 }, 'Llm.RateLimited'],
  [{}, 'Llm.ServerError'],
];

export const statusRows: FailureRow[] = httpErrors.map(([code, error, type, headers, retryAfterMs]) => ({
  when: `it answers ${code} ${JSON.stringify(error)}`,
  serve: status(
    code,
    { error: { message: 'The text of the prompt', ...error } },
    { 'x-request-id': 'req_9', ...headers },
  ),
  type,
  details: { status: code, requestId: 'req_9', retryAfterMs },
}));

/** `events`: the same error in every way the interface has to send it in the middle of a stream. */
export function streamErrorRows(
  { start, text }: Dialect,
  events: (error: ErrorBody) => readonly string[],
): FailureRow[] {
  return streamErrors.flatMap(([error, type]) => {
    const body = { error: { message: 'The text of the prompt', ...error } };
    const details = { status: undefined, usage: expect.objectContaining({ estimated: true }) as unknown };
    const inStream = events(body.error).map((event) => ({
      when: `an event says ${event.trim()}`,
      serve: streaming(start, text('Hel'), event),
      type,
      details,
    }));
    const asBody = {
      when: `a body sent with 200 says ${JSON.stringify(body)}`,
      serve: status(200, body),
      type,
      details,
    };
    return [...inStream, asBody];
  });
}
