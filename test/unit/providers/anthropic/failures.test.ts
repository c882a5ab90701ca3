import type { FailureType } from '../../../../src/errors/failure-types';
import { anthropic, callOf, failureOf, providerOf } from '../dialects';
import { closedPort, commonRows, expectFailure, providerFailureTypes } from '../failure-table';
import type { FailureRow } from '../failure-table';
import { status, streaming, WireServer } from '../wire-server';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

interface ErrorBody {
  readonly type: string;
  readonly message?: string;
  readonly code?: string;
}

/** `[status, error, type, headers, retryAfterMs]`; `code` stands in `details.error_code`. */
type Row = readonly [number, ErrorBody, FailureType, Record<string, string>?, number?];

const rows: readonly Row[] = [
  [429, { type: 'rate_limit_error' }, 'Llm.RateLimited', { 'retry-after': '31' }, 31_000],
  [429, { type: 'rate_limit_error', code: 'ramp_limit_exceeded' }, 'Llm.RateLimited', { 'retry-after': '5' }, 5_000],
  [529, { type: 'overloaded_error' }, 'Llm.Overloaded'],
  [529, { type: 'overloaded_error', code: 'compaction_unavailable' }, 'Llm.Overloaded'],
  [503, { type: 'api_error', code: 'cmek_key_unreachable' }, 'Llm.Overloaded'],
  [500, { type: 'api_error' }, 'Llm.ServerError'],
  [504, { type: 'timeout_error' }, 'Llm.ServerError'],
  [409, { type: 'conflict_error' }, 'Llm.ServerError'],
  [402, { type: 'billing_error' }, 'Llm.QuotaExhausted'],
  [402, { type: 'billing_error', code: 'linked_organization_spend_limit_reached' }, 'Llm.QuotaExhausted'],
  [429, { type: 'rate_limit_error', code: 'enforced_spend_limit_reached' }, 'Llm.QuotaExhausted'],
  [429, { type: 'rate_limit_error', code: 'contract_spend_limit_reached' }, 'Llm.QuotaExhausted'],
  [
    400,
    { type: 'invalid_request_error', message: 'Your credit balance is too low to access the Anthropic API.' },
    'Llm.QuotaExhausted',
  ],
  [
    400,
    { type: 'invalid_request_error', message: 'You have reached your specified workspace API usage limits.' },
    'Llm.QuotaExhausted',
  ],
  [401, { type: 'authentication_error' }, 'Llm.Authentication'],
  [403, { type: 'permission_error' }, 'Llm.Authentication'],
  [400, { type: 'invalid_request_error', code: 'organization_on_hold' }, 'Llm.Authentication'],
  [404, { type: 'not_found_error' }, 'Llm.ModelNotFound'],
  [400, { type: 'invalid_request_error', message: 'max_tokens: must be positive' }, 'Llm.BadRequest'],
  [422, { type: 'invalid_request_error' }, 'Llm.BadRequest'],
  [413, { type: 'request_too_large' }, 'Llm.ContextTooLong'],
  [
    400,
    { type: 'invalid_request_error', message: 'prompt is too long: 208310 tokens > 200000 maximum' },
    'Llm.ContextTooLong',
  ],
  [
    400,
    { type: 'invalid_request_error', message: 'input length and `max_tokens` exceed context limit: 1 + 2 > 2' },
    'Llm.ContextTooLong',
  ],
  [
    400,
    { type: 'invalid_request_error', message: 'Your request exceeds the model’s  context window' },
    'Llm.ContextTooLong',
  ],
  [
    400,
    { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' },
    'Llm.ContentFiltered',
  ],
];

/** Error events after HTTP 200: no status to go by. */
const events: readonly (readonly [ErrorBody, FailureType])[] = [
  [{ type: 'overloaded_error' }, 'Llm.Overloaded'],
  [{ type: 'rate_limit_error' }, 'Llm.RateLimited'],
  [{ type: 'api_error' }, 'Llm.ServerError'],
  [{ type: 'timeout_error' }, 'Llm.ServerError'],
  [{ type: 'an_error_of_next_year' }, 'Llm.ServerError'],
  [{ type: 'constructor' }, 'Llm.ServerError'],
  [{ type: 'billing_error' }, 'Llm.QuotaExhausted'],
  [{ type: 'permission_error' }, 'Llm.Authentication'],
  [{ type: 'invalid_request_error' }, 'Llm.BadRequest'],
  [{ type: 'invalid_request_error', message: 'Output blocked by content filtering policy' }, 'Llm.ContentFiltered'],
];

const bodyOf = ({ type, code, message = 'The text of the prompt' }: ErrorBody): unknown => ({
  type: 'error',
  error: { type, message, details: code === undefined ? null : { error_code: code } },
  request_id: 'req_9',
});

const statusRows: FailureRow[] = rows.map(([code, error, type, headers, retryAfterMs]) => ({
  when: `it answers ${code} ${JSON.stringify(error)}`,
  serve: status(code, bodyOf(error), { 'request-id': 'req_9', ...headers }),
  type,
  details: { status: code, code: error.code ?? error.type, requestId: 'req_9', retryAfterMs },
}));

const eventRows: FailureRow[] = events.flatMap(([error, type]) => {
  const body = bodyOf(error);
  const event = `event: error\ndata: ${JSON.stringify(body)}\n\n`;
  const usage = expect.objectContaining({ estimated: true }) as unknown;
  const details = { status: undefined, code: error.type, usage };
  return [
    { when: `an event says ${JSON.stringify(error)}`, serve: streaming(anthropic.start, event), type, details },
    { when: `a body sent with 200 says ${JSON.stringify(error)}`, serve: status(200, body), type, details },
  ];
});

const ownRows: FailureRow[] = [
  {
    when: 'the context window is full',
    serve: streaming(
      anthropic.start,
      anthropic.text('Half'),
      anthropic.finish('model_context_window_exceeded', anthropic.usage) + anthropic.end,
    ),
    type: 'Llm.ContextTooLong',
    message: 'ran out of its context window (model_context_window_exceeded)',
  },
  {
    when: 'a rate limit says only when its buckets are full',
    serve: status(429, bodyOf({ type: 'rate_limit_error' }), {
      date: 'Sat, 21 Nov 2026 10:00:00 GMT',
      'anthropic-ratelimit-requests-remaining': '12',
      'anthropic-ratelimit-requests-reset': '2026-11-21T10:00:50Z',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-21T10:00:12.5Z',
    }),
    type: 'Llm.RateLimited',
    message: 'answered 429 rate_limit_error; retry after 12.5 s',
    details: { retryAfterMs: 12_500 },
  },
  {
    when: 'it is overloaded',
    serve: status(529, bodyOf({ type: 'overloaded_error' })),
    type: 'Llm.Overloaded',
    message: 'answered 529 overloaded_error',
  },
  {
    when: 'it breaks off with an error event',
    serve: streaming(anthropic.start, anthropic.errorEvent('overloaded_error')),
    type: 'Llm.Overloaded',
    message: 'broke its answer off with overloaded_error',
  },
  {
    when: 'a spend limit is reached and the headers ask to retry all the same',
    serve: status(429, bodyOf({ type: 'rate_limit_error', code: 'enforced_spend_limit_reached' }), {
      'x-should-retry': 'true',
      'anthropic-ratelimit-tokens-reset': '2099-01-01T00:00:00Z',
    }),
    type: 'Llm.QuotaExhausted',
    message: 'answered 429 enforced_spend_limit_reached; top up or raise the quota',
    details: { retryAfterMs: undefined },
  },
];

const allRows = [...commonRows(anthropic), ...statusRows, ...eventRows, ...ownRows];

describe('a failure of anthropic', () => {
  test.each(allRows)('when $when is $type', (row) => expectFailure(server, anthropic, row));

  test('when nothing listens is Llm.Connection', async () => {
    const provider = providerOf(anthropic, `http://127.0.0.1:${await closedPort()}`);
    expect(await failureOf(provider.call(callOf()))).toMatchObject({
      type: 'Llm.Connection',
      message: 'anthropic-eastus lost or refused the connection (ECONNREFUSED)',
    });
  });

  test('has a row for every type of the catalogue that a provider can cause', () => {
    const covered = new Set(allRows.map((row) => row.type));
    expect(providerFailureTypes.filter((type) => !covered.has(type))).toEqual([]);
  });
});
