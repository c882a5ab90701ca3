import { mapRequest } from '../../../../../src/providers/openai/chat/map-request';
import { azure, endpointOf, openai } from '../../dialects';
import { modelRequest as request, pdf, png, strictSchema, toolRequest, tools } from '../model-requests';

const endpoint = endpointOf(openai, 'http://unused');
describe('mapRequest of Chat Completions', () => {
  test('says everything in the words of Chat Completions', () => {
    expect(mapRequest(request, endpoint)).toEqual({
      model: 'gpt-4.1',
      messages: [{ role: 'system', content: 'Be brief.' }, ...request.messages],
      stream: true,
      stream_options: { include_usage: true },
      max_completion_tokens: 500,
      temperature: 0.2,
      seed: 7,
    });
  });

  test('leaves out what is not asked for', () => {
    const { system: _system, ...rest } = request;
    const mapped = mapRequest({ ...rest, parameters: { maxOutputTokens: 500 } }, endpoint);
    expect(Object.keys(mapped)).toEqual(['model', 'messages', 'stream', 'stream_options', 'max_completion_tokens']);
    expect(mapped.messages).toEqual(request.messages);
  });

  test('asks for no more tokens than the endpoint can give', () => {
    const mapped = mapRequest({ ...request, parameters: { maxOutputTokens: 100_000 } }, endpoint);
    expect(mapped.max_completion_tokens).toBe(endpoint.maxOutputTokens);
  });

  test.each([
    ['gpt-4.1-mini', 0.2],
    ['gpt-5-chat-latest', 0.2],
    ['my-deployment', 0.2],
    ['o3', undefined],
    ['o4-mini-2025-04-16', undefined],
    ['gpt-5', undefined],
    ['gpt-5.6-luna', undefined],
  ])('sends to %s the temperature %j', (model, temperature) => {
    expect(mapRequest({ ...request, model }, { ...endpoint, model }).temperature).toBe(temperature);
  });

  test('asks for a schema strictly when it can be said strictly', () => {
    const output = { name: 'Thing', schema: { ...strictSchema, $schema: 'x' } };
    expect(mapRequest({ ...request, output }, endpoint).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'Thing', schema: strictSchema, strict: true },
    });
  });

  test('sends any other schema as it is, not strictly', () => {
    const schema = { type: 'object', additionalProperties: { type: 'number' } };
    expect(mapRequest({ ...request, output: { name: 'Counts', schema } }, endpoint).response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'Counts', schema, strict: false },
    });
  });

  test('sends the effort to a model that reasons, and to no other', () => {
    const asked = { ...request, parameters: { maxOutputTokens: 500, seed: 7, reasoningEffort: 'low' as const } };
    expect(mapRequest(asked, endpoint)).not.toHaveProperty('reasoning_effort');
    const mapped = mapRequest(asked, { ...endpoint, model: 'gpt-5' });
    expect(mapped.reasoning_effort).toBe('low');
    expect(mapped).not.toHaveProperty('seed');
  });

  test('goes by what the config says of a model', () => {
    const capabilities = { temperature: false, seed: false, reasoningEffort: true };
    const asked = { ...request, parameters: { ...request.parameters, reasoningEffort: 'high' as const } };
    const mapped = mapRequest(asked, { ...endpoint, capabilities });
    expect(mapped).toMatchObject({ reasoning_effort: 'high' });
    expect(Object.keys(mapped)).not.toEqual(expect.arrayContaining(['temperature', 'seed']));
  });

  test('shows pictures and PDFs before the question about them', () => {
    const messages = [{ role: 'user' as const, content: 'What is this?', attachments: [png, pdf] }];
    expect(mapRequest({ ...request, messages }, endpoint).messages.at(-1)).toEqual({
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url: 'data:image/png;base64,aW1n' } },
        { type: 'file', file: { filename: 'plan.pdf', file_data: 'data:application/pdf;base64,cGRm' } },
        { type: 'text', text: 'What is this?' },
      ],
    });
  });

  test('declares tools, strictly where that can be said', () => {
    expect(mapRequest({ ...request, tools }, endpoint).tools).toEqual([
      {
        type: 'function',
        function: { name: 'search', description: 'Searches.', parameters: strictSchema, strict: true },
      },
      {
        type: 'function',
        function: { name: 'count', description: 'Counts.', parameters: { type: 'object' }, strict: false },
      },
    ]);
  });

  test('gives the calls of the model and their results back', () => {
    expect(mapRequest(toolRequest, endpoint).messages.slice(-3)).toEqual([
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'search', arguments: '{"a":"x"}' } },
          { id: 'call_2', type: 'function', function: { name: 'count', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'Found.' },
      { role: 'tool', tool_call_id: 'call_2', content: 'Error: no such thing' },
    ]);
  });

  test('shortens the ids of another server, which OpenAI would refuse, everywhere alike', () => {
    const long = `chatcmpl-tool-${'f'.repeat(32)}`;
    const renamed = JSON.parse(JSON.stringify(toolRequest).replaceAll('call_1', long)) as typeof toolRequest;
    const [call, result] = mapRequest(renamed, endpoint).messages.slice(-3);
    const id = (call as { tool_calls: { id: string }[] }).tool_calls[0]?.id ?? '';
    expect(id).toMatch(/^call_[0-9a-f]{32}$/);
    expect(result).toMatchObject({ tool_call_id: id });
  });

  test('puts the schema into the prompt of a model that takes none, and asks for JSON', () => {
    const output = { name: 'Thing', schema: strictSchema };
    const mapped = mapRequest({ ...request, output }, { ...endpoint, capabilities: { schema: false } });
    expect(mapped.response_format).toEqual({ type: 'json_object' });
    expect(mapped.messages[0]).toEqual({
      role: 'system',
      content: `Be brief.\n\nAnswer with one JSON document of this JSON Schema and nothing else:\n${JSON.stringify(strictSchema)}`,
    });
  });

  test('does not ask for JSON mode when the answer is no object', () => {
    const output = { name: 'Names', schema: { type: 'array', items: { type: 'string' } } };
    const mapped = mapRequest({ ...request, output }, { ...endpoint, capabilities: { schema: false } });
    expect(mapped).not.toHaveProperty('response_format');
  });

  test('names the deployment at Azure', () => {
    expect(mapRequest(request, endpointOf(azure, 'http://unused')).model).toBe('gpt-41-eu');
  });
});
