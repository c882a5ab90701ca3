import type { EndpointSettings } from '../../../../src/contracts/settings';
import { createProvider } from '../../../../src/providers/create-provider';
import { mapRequest } from '../../../../src/providers/openai-compatible/map-request';
import { apiKey, callOf, compatible, endpointOf, failureOf, providerOf } from '../dialects';
import { commonRows, expectFailure } from '../failure-table';
import type { FailureRow } from '../failure-table';
import { statusRows, streamErrorRows } from '../openai/error-rows';
import { modelRequest, strictSchema, tools } from '../openai/model-requests';
import { cutAfter, status, streaming, WireServer } from '../wire-server';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

const { start, text, finish, usage, end } = compatible;
const endpoint = endpointOf(compatible, 'http://unused');

describe('mapRequest of compatible servers', () => {
  test('has one limit of tokens, by the name that all of them know', () => {
    const mapped = mapRequest(modelRequest, endpoint);
    expect(mapped.max_tokens).toBe(500);
    expect(mapped).not.toHaveProperty('max_completion_tokens');
    expect(mapped).toMatchObject({ temperature: 0.2, seed: 7, stream_options: { include_usage: true } });
  });

  test('leaves out an effort unless the config says that the model takes one', () => {
    const request = { ...modelRequest, parameters: { maxOutputTokens: 500, reasoningEffort: 'low' as const } };
    const taking: EndpointSettings = { ...endpoint, capabilities: { reasoningEffort: true } };
    expect(mapRequest(request, endpoint)).not.toHaveProperty('reasoning_effort');
    expect(mapRequest(request, taking).reasoning_effort).toBe('low');
  });

  test('declares tools without a word about strictness', () => {
    expect(mapRequest({ ...modelRequest, tools }, endpoint).tools?.[0]).toEqual({
      type: 'function',
      function: { name: 'search', description: 'Searches.', parameters: strictSchema },
    });
  });

  test('asks for a schema natively, and otherwise in the prompt alone: JSON mode is refused by some', () => {
    const request = { ...modelRequest, output: { name: 'Thing', schema: strictSchema } };
    expect(mapRequest(request, endpoint).response_format).toMatchObject({ type: 'json_schema' });
    const prompted = mapRequest(request, { ...endpoint, capabilities: { schema: false } });
    expect(prompted).not.toHaveProperty('response_format');
    expect(JSON.stringify(prompted.messages[0])).toContain('Answer with one JSON document');
  });
});

describe('an answer of a compatible server', () => {
  const ask = () => providerOf(compatible, server.url).call(callOf());

  test('is whole without [DONE] when its finish reason came and its body ended', async () => {
    server.answerWith(streaming(start, text('Hello'), finish('stop', usage)));
    expect(await ask()).toMatchObject({ text: 'Hello', finishReason: 'stop', usage: { inputTokens: 120 } });
  });

  test('is whole when the last event has no line end', async () => {
    server.answerWith(streaming(start, text('Hello'), finish('stop').trimEnd()));
    expect((await ask()).text).toBe('Hello');
  });

  test('is not whole when its body was cut, whatever came before', async () => {
    server.answerWith(cutAfter(start, text('Hello'), finish('stop', usage)));
    expect(await failureOf(ask())).toMatchObject({ type: 'Llm.Truncated' });
  });

  test('has an estimated usage when the server sends none', async () => {
    server.answerWith(streaming(start, text('12345678'), finish('stop'), end));
    expect((await ask()).usage).toEqual({ inputTokens: 12, outputTokens: 2, estimated: true });
  });

  test.each(['reasoning_content', 'reasoning'])('keeps what the model thinks in %s out of the text', async (field) => {
    const thought = start.replace('"content":""', `"${field}":"hm"`);
    server.answerWith(streaming(thought, text('Hi'), finish('stop'), end));
    expect((await ask()).text).toBe('Hi');
  });

  test('comes from any path of the base URL', async () => {
    server.answerWith(streaming(start, text('Hi'), finish('stop'), end));
    const behindGateway = { ...endpoint, baseUrl: `${server.url}/gateway/openai/v1/` };
    await createProvider({ endpoint: behindGateway, apiKey }).call(callOf());
    expect(server.requests[0]?.url).toBe('/gateway/openai/v1/chat/completions');
  });
});

/** `[server, status, body, type, code in details]`. */
const bodies: readonly (readonly [string, number, unknown, FailureRow['type'], string?])[] = [
  ['Ollama', 404, { error: "model 'qwen3' not found" }, 'Llm.ModelNotFound'],
  ['Ollama', 500, { error: 'llama runner process has terminated' }, 'Llm.ServerError'],
  ['Ollama', 503, { error: 'server busy, please try again. maximum pending requests exceeded' }, 'Llm.Overloaded'],
  [
    'Ollama',
    404,
    { error: { message: 'model not found', type: 'api_error', param: null, code: null } },
    'Llm.ModelNotFound',
    'api_error',
  ],
  [
    'vLLM',
    400,
    { object: 'error', message: 'Bad', type: 'BadRequestError', param: null, code: 400 },
    'Llm.BadRequest',
    'BadRequestError',
  ],
  [
    'vLLM',
    400,
    { error: { message: "This model's maximum context length is 8192 tokens.", type: 'BadRequestError', code: 400 } },
    'Llm.ContextTooLong',
    'BadRequestError',
  ],
  [
    'vLLM',
    404,
    { object: 'error', message: 'No such model', type: 'NotFoundError', code: 404 },
    'Llm.ModelNotFound',
    'NotFoundError',
  ],
  ['vLLM', 401, { error: 'Unauthorized' }, 'Llm.Authentication'],
  [
    'SGLang',
    400,
    {
      object: 'error',
      message: "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
      code: 400,
    },
    'Llm.ContextTooLong',
  ],
  [
    'FastAPI',
    422,
    { detail: [{ loc: ['body', 'messages'], msg: 'field required', type: 'missing' }] },
    'Llm.BadRequest',
  ],
  ['FastAPI', 404, { detail: 'Not Found' }, 'Llm.ModelNotFound'],
  ['FastAPI', 400, { detail: 'the request exceeds the available context size' }, 'Llm.ContextTooLong'],
  ['FastAPI', 500, { detail: 'Internal Server Error' }, 'Llm.ServerError'],
  [
    'llama.cpp',
    503,
    { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
    'Llm.Overloaded',
    'unavailable_error',
  ],
  [
    'llama.cpp',
    400,
    { error: { code: 400, message: '…', type: 'exceed_context_size_error', n_prompt_tokens: 9000, n_ctx: 8192 } },
    'Llm.ContextTooLong',
    'exceed_context_size_error',
  ],
  [
    'LM Studio',
    400,
    { error: 'Trying to keep the first 6000 tokens when context the overflows.' },
    'Llm.ContextTooLong',
  ],
  ['a gateway', 429, { message: 'API rate limit exceeded' }, 'Llm.RateLimited'],
  ['a gateway', 400, 'null', 'Llm.BadRequest'],
  ['a gateway', 400, [{ error: { code: 400 } }], 'Llm.BadRequest'],
];

const serverRows: FailureRow[] = bodies.map(([name, code, body, type, said]) => ({
  when: `${name} answers ${code} ${JSON.stringify(body)}`,
  serve: status(code, body),
  type,
  details: { status: code, code: said },
}));

const within = (event: string): FailureRow['serve'] => streaming(start, text('Hel'), event, end);
const streamRows: FailureRow[] = [
  {
    when: 'Ollama breaks off with a text',
    serve: within('data: {"error":"unexpected EOF"}\n\n'),
    type: 'Llm.ServerError',
  },
  {
    when: 'vLLM breaks off with an event of its own',
    serve: within('data: {"object":"error","message":"out of memory","type":"InternalServerError","code":500}\n\n'),
    type: 'Llm.ServerError',
    message: 'broke its answer off with InternalServerError',
  },
  {
    when: 'vLLM finds in the middle that the window is too small',
    serve: within('data: {"object":"error","message":"exceeds the model’s context length","code":400}\n\n'),
    type: 'Llm.ContextTooLong',
  },
  { when: 'its finish reason is an error', serve: within(finish('error')), type: 'Llm.ServerError' },
  { when: 'its finish reason is an abort', serve: within(finish('abort')), type: 'Llm.Truncated' },
  { when: 'it sends its error with 200', serve: status(200, { detail: 'boom' }), type: 'Llm.ServerError' },
  { when: 'it sends a text as its error with 200', serve: status(200, { error: 'boom' }), type: 'Llm.ServerError' },
  {
    when: 'it sends its whole error with 200',
    serve: status(200, { object: 'error', message: '…', type: 'RateLimitError', code: 429 }),
    type: 'Llm.RateLimited',
  },
];

const eventRows = streamErrorRows(compatible, (error) => [
  `data: ${JSON.stringify({ error })}\n\n`,
  `data: ${JSON.stringify({ object: 'error', ...error })}\n\n`,
]);

describe('a failure of a compatible server', () => {
  const rows = [...commonRows(compatible), ...statusRows, ...eventRows, ...serverRows, ...streamRows];
  test.each(rows)('when $when is $type', (row) => expectFailure(server, compatible, row));
});
