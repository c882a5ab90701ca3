import type { FailureType } from '../../../../src/errors/failure-types';
import { callOf, failureOf, openai, providerOf } from '../dialects';
import { closedPort, commonRows, expectFailure, providerFailureTypes } from '../failure-table';
import type { FailureRow } from '../failure-table';
import { status, streaming, WireServer } from '../wire-server';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

interface ErrorBody {
  readonly code?: string | number | null;
  readonly type?: string;
  readonly param?: string;
  readonly message?: string;
  readonly innererror?: unknown;
}

/** `[status, error object, type, headers, retryAfterMs]`. */
type Row = readonly [number, ErrorBody, FailureType, Record<string, string>?, number?];

const rows: readonly Row[] = [
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
];

/** Error events after HTTP 200: no status to go by. */
const events: readonly (readonly [ErrorBody, FailureType])[] = [
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

const statusRows: FailureRow[] = rows.map(([code, error, type, headers, retryAfterMs]) => ({
  when: `it answers ${code} ${JSON.stringify(error)}`,
  serve: status(
    code,
    { error: { message: 'The text of the prompt', ...error } },
    { 'x-request-id': 'req_9', ...headers },
  ),
  type,
  details: { status: code, requestId: 'req_9', retryAfterMs },
}));

const eventRows: FailureRow[] = events.flatMap(([error, type]) => {
  const body = JSON.stringify({ error: { message: 'The text of the prompt', ...error } });
  const details = { status: undefined, usage: expect.objectContaining({ estimated: true }) as unknown };
  return [
    {
      when: `an event says ${body}`,
      serve: streaming(openai.start, openai.text('Hel'), `data: ${body}\n\n`),
      type,
      details,
    },
    { when: `a body sent with 200 says ${body}`, serve: status(200, JSON.parse(body)), type, details },
  ];
});

const ownRows: FailureRow[] = [
  {
    when: 'the model refuses in a field of its own and ends with stop',
    serve: streaming(
      openai.start.replace('"refusal":null', '"refusal":"I can’t help with that."'),
      openai.finish('stop', openai.usage) + openai.end,
    ),
    type: 'Llm.ContentFiltered',
    details: { code: 'refusal' },
  },
  {
    when: 'the model refuses in a field of its own and the stream is cut',
    serve: streaming(openai.start.replace('"refusal":null', '"refusal":"I can’t"')),
    type: 'Llm.ContentFiltered',
  },
  {
    when: 'the choices are empty',
    serve: streaming('data: {"id":"x","choices":[],"usage":null}\n\n', openai.end),
    type: 'Llm.EmptyResponse',
  },
  {
    when: 'a rate limit says only when its buckets are full',
    serve: status(
      429,
      { error: { code: 'rate_limit_exceeded', type: 'tokens' } },
      {
        'x-ratelimit-remaining-requests': '99',
        'x-ratelimit-reset-requests': '60ms',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '1m2.5s',
      },
    ),
    type: 'Llm.RateLimited',
    message: 'answered 429 rate_limit_exceeded; retry after 62.5 s',
    details: { retryAfterMs: 62_500 },
  },
  {
    when: 'a parameter is refused',
    serve: status(400, {
      error: { code: 'unsupported_value', param: 'messages[0].content', type: 'invalid_request_error' },
    }),
    type: 'Llm.BadRequest',
    message: 'answered 400 unsupported_value; check parameter messages[0].content',
    details: { param: 'messages[0].content' },
  },
  {
    when: 'the window is exceeded',
    serve: status(400, { error: { code: 'context_length_exceeded', type: 'invalid_request_error' } }),
    type: 'Llm.ContextTooLong',
    message: 'answered 400 context_length_exceeded',
  },
  {
    when: 'the key is wrong',
    serve: status(401, { error: { code: 'invalid_api_key', type: 'invalid_request_error' } }),
    type: 'Llm.Authentication',
    message: 'answered 401 invalid_api_key; check the key in EASTUS_KEY and what it may do',
  },
  {
    when: 'the quota is spent and the headers ask to retry all the same',
    serve: status(
      429,
      { error: { code: 'insufficient_quota' } },
      { 'x-should-retry': 'true', 'x-ratelimit-reset-tokens': '6m0s' },
    ),
    type: 'Llm.QuotaExhausted',
    message: 'answered 429 insufficient_quota; top up or raise the quota',
    details: { retryAfterMs: undefined },
  },
];

const allRows = [...commonRows(openai), ...statusRows, ...eventRows, ...ownRows];

describe('a failure of openai', () => {
  test.each(allRows)('when $when is $type', (row) => expectFailure(server, openai, row));

  test('when nothing listens is Llm.Connection', async () => {
    const provider = providerOf(openai, `http://127.0.0.1:${await closedPort()}`);
    expect(await failureOf(provider.call(callOf()))).toMatchObject({
      type: 'Llm.Connection',
      message: 'openai-eastus lost or refused the connection (ECONNREFUSED)',
    });
  });

  test('has a row for every type of the catalogue that a provider can cause', () => {
    const covered = new Set(allRows.map((row) => row.type));
    expect(providerFailureTypes.filter((type) => !covered.has(type))).toEqual([]);
  });
});
