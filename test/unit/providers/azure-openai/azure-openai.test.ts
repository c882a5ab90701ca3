import type { EndpointSettings } from '../../../../src/contracts/settings';
import { createProvider } from '../../../../src/providers/create-provider';
import { answerOf, apiKey, azure, callOf, endpointOf, failureOf, providerOf, responses } from '../dialects';
import { commonRows, expectFailure } from '../failure-table';
import type { FailureRow } from '../failure-table';
import { statusRows, streamErrorRows } from '../openai/error-rows';
import { cutAfter, status, streaming, WireServer } from '../wire-server';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

async function requestOf(settings: Partial<EndpointSettings>, path = '') {
  const isResponses = settings.api === 'responses';
  server.answerWith(streaming(answerOf(isResponses ? responses : azure, 'Hi')));
  const endpoint = { ...endpointOf(azure, `${server.url}${path}`), ...settings };
  await createProvider({ endpoint, apiKey }).call(callOf());
  return server.requests[0];
}

describe('a request to Azure', () => {
  const dated = { apiVersion: '2025-04-01-preview' };
  test.each<[string, Partial<EndpointSettings>, string]>([
    ['the v1 path', {}, '/openai/v1/chat/completions'],
    ['the v1 path of Responses', { api: 'responses' }, '/openai/v1/responses'],
    ['the dated path', dated, '/openai/deployments/gpt-41-eu/chat/completions?api-version=2025-04-01-preview'],
    [
      'the dated path of a deployment with any name',
      { ...dated, deployment: 'a b/c' },
      '/openai/deployments/a%20b%2Fc/chat/completions?api-version=2025-04-01-preview',
    ],
    ['the dated path of Responses', { ...dated, api: 'responses' }, '/openai/responses?api-version=2025-04-01-preview'],
  ])('goes to %s, with the key in its own header and the deployment as model', async (_where, settings, url) => {
    const sent = await requestOf(settings);
    expect(sent?.url).toBe(url);
    expect(sent?.headers).toMatchObject({ 'api-key': apiKey });
    expect(sent?.headers).not.toHaveProperty('authorization');
    expect(sent?.body['model']).toBe(settings.deployment ?? 'gpt-41-eu');
  });

  test('names the model when no deployment is configured', async () => {
    const { deployment: _deployment, ...endpoint } = endpointOf(azure, server.url);
    server.answerWith(streaming(answerOf(azure, 'Hi')));
    await createProvider({ endpoint, apiKey }).call(callOf());
    expect(server.requests[0]?.body['model']).toBe('gpt-4.1');
  });

  test.each(['/', '/openai', '/openai/', '/openai/v1', '/openai/v1/'])(
    'takes the address ending with %s too',
    async (path) => {
      expect((await requestOf({}, path))?.url).toBe('/openai/v1/chat/completions');
    },
  );
});

describe('an answer of Azure', () => {
  test.each([
    [{ 'apim-request-id': 'apim-1', 'x-request-id': 'x-1' }, 'apim-1'],
    [{ 'x-request-id': 'x-1' }, 'x-1'],
  ])('with the headers %j has the request id %s', async (headers, requestId) => {
    server.answerWith((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
      response.end(answerOf(azure, 'Hi'));
    });
    expect((await providerOf(azure, server.url).call(callOf())).requestId).toBe(requestId);
  });
});

const filterResult = (verdict: string, finish = 'null'): string =>
  `data: {"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":${finish},` +
  `"content_filter_offsets":{"check_offset":44,"start_offset":44,"end_offset":198},` +
  `"content_filter_results":{"violence":{"filtered":${verdict},"severity":"medium"}}}]}\n\n`;

const { start, text, finish, usage, end } = azure;
const filtered = (when: string, ...events: readonly string[]): FailureRow => ({
  when,
  serve: streaming(start, text('Once upon'), ...events),
  type: 'Llm.ContentFiltered',
  details: { code: 'content_filter', requestId: 'req_wire_1' },
});

const ownRows: FailureRow[] = [
  filtered('the asynchronous filter objects after the finish reason', finish('stop', usage), filterResult('true'), end),
  filtered(
    'the asynchronous filter objects and the finish reason comes after it',
    filterResult('true', '"content_filter"'),
    finish('stop', usage),
    end,
  ),
  {
    when: 'the filter objects and the connection is cut',
    serve: cutAfter(start, text('Once'), filterResult('true')),
    type: 'Llm.ContentFiltered',
  },
  {
    when: 'the prompt is filtered',
    serve: status(
      400,
      {
        error: {
          message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
          type: null,
          param: 'prompt',
          code: 'content_filter',
          status: 400,
          innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { hate: { filtered: true } } },
        },
      },
      { 'apim-request-id': 'apim-7', 'x-request-id': 'x-7' },
    ),
    type: 'Llm.ContentFiltered',
    message: 'answered 400 content_filter',
    details: { requestId: 'apim-7' },
  },
  {
    when: 'the deployment does not exist',
    serve: status(404, { error: { code: 'DeploymentNotFound', message: 'The API deployment does not exist.' } }),
    type: 'Llm.ModelNotFound',
    message: 'answered 404 DeploymentNotFound; check deployment gpt-41-eu and the base URL of the endpoint',
  },
  {
    when: 'its limit is reached',
    serve: status(
      429,
      { error: { code: '429', message: 'Rate limit is exceeded. Try again in 3 seconds.' } },
      { 'retry-after-ms': '2750', 'retry-after': '3', 'x-ratelimit-reset-tokens': '60' },
    ),
    type: 'Llm.RateLimited',
    message: 'answered 429; retry after 2.8 s',
    details: { retryAfterMs: 2_750 },
  },
  {
    when: 'the region is in high demand',
    serve: status(429, { error: { code: '429', message: 'The service is experiencing  high demand. Please retry.' } }),
    type: 'Llm.Overloaded',
  },
  {
    when: 'the network rules of the resource refuse us',
    serve: status(403, { error: { code: '403', message: 'Access denied due to Virtual Network/Firewall rules.' } }),
    type: 'Llm.Authentication',
  },
  {
    when: 'the gateway before it refuses the key',
    serve: status(401, { statusCode: 401, message: 'Unauthorized. Access token is missing.' }),
    type: 'Llm.Authentication',
    message: 'answered 401; check the key in EASTUS_KEY and what it may do',
  },
];

const eventRows = streamErrorRows(azure, (error) => [`data: ${JSON.stringify({ error })}\n\n`]);

describe('a failure of Azure', () => {
  test.each([...commonRows(azure), ...statusRows, ...eventRows, ...ownRows])('when $when is $type', (row) =>
    expectFailure(server, azure, row),
  );

  test('is not what the filter finds without objecting', async () => {
    server.answerWith(
      streaming(start, text('Once'), filterResult('false'), finish('stop', usage), filterResult('false'), end),
    );
    expect((await providerOf(azure, server.url).call(callOf())).text).toBe('Once');
  });

  test('of a dated path is told like any other', async () => {
    const endpoint = { ...endpointOf(azure, server.url), apiVersion: '2024-10-21' };
    server.answerWith(status(503, { error: { code: 'NoCapacity' } }));
    const failure = await failureOf(createProvider({ endpoint, apiKey }).call(callOf()));
    expect(failure).toMatchObject({ type: 'Llm.Overloaded', details: { endpoint: 'azure-eastus', status: 503 } });
    expect(server.requests).toHaveLength(1);
  });
});
