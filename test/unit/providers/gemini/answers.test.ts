/** What only Gemini has: function calls, thoughts and signatures in its streams, and what its SDK does by itself. */
import type { ModelAnswer } from '../../../../src/contracts/model';
import { carry } from '../../../../src/providers/carried';
import { createProvider } from '../../../../src/providers/create-provider';
import { answerOf, apiKey, callOf, endpointOf, failureOf, gemini, providerOf } from '../dialects';
import { cutAfter, status, streaming, WireServer } from '../wire-server';
import { chunk, parts, usageMetadata } from './dialect';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

const end = gemini.finish('STOP', gemini.usage);
const functionCall = (json: string, signature?: string): string => {
  const signed = signature === undefined ? '' : `,"thoughtSignature": "${signature}"`;
  return parts(`{"functionCall": ${json}${signed}}`);
};
const answer = (...stream: readonly string[]): Promise<ModelAnswer> => {
  server.answerWith(streaming(...stream));
  return providerOf(gemini, server.url).call(callOf());
};

describe('an answer of gemini', () => {
  test('has function calls with their own ids, and carries the signatures beside them', async () => {
    const { text, finishReason, toolCalls, carried } = await answer(
      gemini.reasoning,
      gemini.text('Let me look.'),
      functionCall('{"id": "fc-1", "name": "search", "args": {"query": "a\\ud800b"}}', 'c2ln'),
      functionCall('{"id": "fc-2", "name": "search"}'),
      end,
    );
    expect({ text, finishReason, toolCalls }).toEqual({
      text: 'Let me look.',
      finishReason: 'toolCalls',
      toolCalls: [
        { id: 'fc-1', name: 'search', arguments: { query: 'a\ufffdb' } },
        { id: 'fc-2', name: 'search', arguments: {} },
      ],
    });
    expect(carried).toEqual(carry(endpointOf(gemini, server.url), ['c2ln', null]));
  });

  test('gives calls without an id one of the answer’s own, the same each time', async () => {
    const stream = [functionCall('{"name": "search"}'), functionCall('{"name": "search"}'), end];
    const first = await answer(...stream);
    expect(first.toolCalls?.map(({ id }) => id)).toEqual(['call_rEsP-1_x_0', 'call_rEsP-1_x_1']);
    expect((await answer(...stream)).toolCalls).toEqual(first.toolCalls);
    expect(first).not.toHaveProperty('carried');
    const other = await answer(...stream.map((part) => part.replace('rEsP-1_x', `${'x'.repeat(90)}/é`)));
    expect(other.toolCalls?.[0]?.id).toBe(`call_${'x'.repeat(24)}_0`);
  });

  test.each(['FUNCTION_CALL', 'OTHER'])('has its function calls also when it ends with %s', async (reason) => {
    const { finishReason, toolCalls } = await answer(functionCall('{"name": "search"}'), gemini.finish(reason));
    expect({ finishReason, toolCalls }).toMatchObject({ finishReason: 'toolCalls', toolCalls: [{ name: 'search' }] });
  });

  test('has no function calls when it was cut: it may have meant more', async () => {
    const cut = await answer(gemini.text('Hm.'), functionCall('{"name": "search"}'), gemini.finish('MAX_TOKENS'));
    expect(cut).toMatchObject({ text: 'Hm.', finishReason: 'maxTokens' });
    expect(cut).not.toHaveProperty('toolCalls');
  });

  test('is read from all chunks, also where each one names a finish reason', async () => {
    const each = (text: string): string => chunk(`"parts": [{"text": "${text}"}]`, ',"finishReason": "STOP"');
    expect((await answer(each('One'), each(' and '), each('two'))).text).toBe('One and two');
  });

  test('counts thinking as output, and what the provider’s own tools read as input', async () => {
    const usage = '{"promptTokenCount": 100,"toolUsePromptTokenCount": 20,"thoughtsTokenCount": 7}';
    expect((await answer(gemini.text('Hi'), gemini.finish('STOP', usage))).usage).toEqual({
      inputTokens: 120,
      outputTokens: 7,
      reasoningTokens: 7,
    });
  });

  test('that is cut counts what was told until then, as an estimate', async () => {
    server.answerWith(cutAfter(gemini.text('Hi'), usageMetadata('{"promptTokenCount": 9,"candidatesTokenCount": 5}')));
    expect(await failureOf(providerOf(gemini, server.url).call(callOf()))).toMatchObject({
      type: 'Llm.Truncated',
      details: { usage: { inputTokens: 9, outputTokens: 5, estimated: true } },
    });
  });

  test('is not put off by parts, candidates and numbers of strange kinds', async () => {
    const strange = [
      'null',
      '17',
      '{"text": 5}',
      '{"executableCode": {}}',
      '{"functionCall": []}',
      '{"inlineData": 1}',
    ];
    const { text } = await answer(
      'data: null\n\ndata: 17\n\ndata: []\n\ndata: {"candidates": {}}\n\ndata: {"candidates": [null]}\n\n',
      'data: {"promptFeedback": {"safetyRatings": []}, "error": null}\n\n',
      parts(...strange),
      gemini.text('Hi'),
      end,
    );
    expect(text).toBe('Hi');
  });
});

describe('GeminiProvider', () => {
  test('sends what the API takes, and nothing that is only for the SDK', async () => {
    const parameters = { maxOutputTokens: 500, reasoningEffort: 'low' } as const;
    const inputSchema = { type: 'object', properties: { query: { type: 'string' } } };
    const tools = [{ name: 'search', description: 'Searches.', inputSchema }];
    const output = { name: 'Thing', schema: { type: 'object', properties: {} } };
    server.answerWith(streaming(answerOf(gemini, 'Hi')));
    const request = { ...callOf().request, model: 'gemini-3.8-flash', parameters, tools, output };
    await providerOf(gemini, server.url).call(callOf({ request }));
    expect(server.requests.map(({ url, body }) => ({ url, body }))).toEqual([
      {
        url: '/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse',
        body: {
          contents: [{ role: 'user', parts: [{ text: 'What is the canary prompt?' }] }],
          systemInstruction: { parts: [{ text: 'You answer briefly.' }] },
          tools: [
            { functionDeclarations: [{ name: 'search', description: 'Searches.', parametersJsonSchema: inputSchema }] },
          ],
          generationConfig: {
            maxOutputTokens: 500,
            thinkingConfig: { thinkingLevel: 'LOW' },
            responseMimeType: 'application/json',
            responseJsonSchema: output.schema,
          },
        },
      },
    ]);
  });

  test.each([
    ['', '/v1beta/'],
    ['/', '/v1beta/'],
    ['/v1', '/v1/'],
    ['/proxy/v1alpha/', '/proxy/v1alpha/'],
    ['/proxy', '/proxy/v1beta/'],
  ])('reads the version of the API from a base URL that ends with %j', async (path, expected) => {
    server.answerWith(streaming(answerOf(gemini, 'Hi')));
    const endpoint = { ...endpointOf(gemini, ''), baseUrl: `${server.url}${path}` };
    await createProvider({ endpoint, apiKey }).call(callOf());
    expect(server.requests[0]?.url).toBe(`${expected}models/gpt-4.1:streamGenerateContent?alt=sse`);
  });

  test.each([408, 429, 500, 502, 503, 504])(
    'makes one request, also for a %i, which its SDK can retry',
    async (code) => {
      server.answerWith(status(code, {}));
      await failureOf(providerOf(gemini, server.url).call(callOf()));
      expect(server.requests).toHaveLength(1);
    },
  );

  test('makes one request for an answer that the SDK would go on with in another', async () => {
    const token = (rest: string): string =>
      chunk('"parts": [{"text": "Half"}]', `,"continuationToken": "dG9rZW4="${rest}`);
    for (const serve of [
      streaming(token(',"finishReason": "CONTINUATION"')),
      streaming(token('')),
      cutAfter(token('')),
    ]) {
      server.answerWith(serve);
      expect(await failureOf(providerOf(gemini, server.url).call(callOf()))).toMatchObject({ type: 'Llm.Truncated' });
      expect(server.requests).toHaveLength(1);
    }
  });

  test('takes nothing from the environment', async () => {
    const restore = { ...process.env };
    Object.assign(process.env, {
      GEMINI_API_KEY: 'foreign',
      GOOGLE_GENAI_USE_VERTEXAI: 'true',
      GOOGLE_GENAI_USE_ENTERPRISE: 'true',
      GOOGLE_CLOUD_PROJECT: 'foreign',
      GOOGLE_CLOUD_LOCATION: 'foreign',
      GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:1',
      GOOGLE_VERTEX_BASE_URL: 'http://127.0.0.1:1',
      GOOGLE_GENAI_API_VERSION: 'foreign',
    });
    try {
      server.answerWith(streaming(answerOf(gemini, 'Hi')));
      await providerOf(gemini, server.url).call(callOf());
      const { url, headers } = server.requests[0] ?? {};
      expect(url).toBe(gemini.path);
      expect(headers?.['x-goog-api-key']).toBe(apiKey);
      expect(headers?.authorization).toBeUndefined();
      expect(JSON.stringify([url, headers])).not.toContain('foreign');
    } finally {
      process.env = restore;
    }
  });
});
