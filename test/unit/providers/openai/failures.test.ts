import { callOf, failureOf, openai, providerOf } from '../dialects';
import { closedPort, commonRows, expectFailure, providerFailureTypes } from '../failure-table';
import type { FailureRow } from '../failure-table';
import { status, streaming, WireServer } from '../wire-server';
import { statusRows, streamErrorRows } from './error-rows';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

const eventRows = streamErrorRows(openai, (error) => [`data: ${JSON.stringify({ error })}\n\n`]);

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

describe('a failure of Chat Completions', () => {
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
