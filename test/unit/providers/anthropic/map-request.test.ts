import type { ModelMessage, ModelRequest } from '../../../../src/contracts/model';
import type { JsonSchema } from '../../../../src/contracts/settings';
import { mapRequest } from '../../../../src/providers/anthropic/map-request';
import { carry } from '../../../../src/providers/carried';
import { anthropic, endpointOf } from '../dialects';

const endpoint = endpointOf(anthropic, 'http://unused');
const request: ModelRequest = {
  model: 'claude-sonnet-5',
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'One?' }],
  parameters: { maxOutputTokens: 500, temperature: 0.2, seed: 7 },
};
const withSchema = (schema: JsonSchema) => mapRequest({ ...request, output: { name: 'Thing', schema } }, endpoint);

describe('mapRequest of anthropic', () => {
  test('says everything in the words of Messages, without the parameters its API refuses', () => {
    expect(mapRequest(request, endpoint)).toEqual({
      model: 'claude-sonnet-5',
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'One?' }],
      stream: true,
      max_tokens: 500,
    });
  });

  test('asks for no more tokens than the endpoint can give', () => {
    const mapped = mapRequest({ ...request, parameters: { maxOutputTokens: 100_000 } }, endpoint);
    expect(mapped.max_tokens).toBe(endpoint.maxOutputTokens);
  });

  test('asks for a schema by the output format, constraints in words', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { score: { type: 'number', minimum: 0 }, note: { type: 'string' } },
      required: ['score'],
      additionalProperties: false,
    };
    const mapped = withSchema(schema);
    expect(mapped.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { score: { type: 'number', description: '{minimum: 0}' }, note: { type: 'string' } },
          required: ['score'],
          additionalProperties: false,
        },
      },
    });
    expect(mapped.system).toBe('Be brief.');
  });

  test.each<[string, JsonSchema]>([
    ['a record', { type: 'object', additionalProperties: { type: 'number' } }],
    ['a free object', { type: 'object' }],
    [
      'a record deep inside',
      { type: 'object', properties: { a: { items: { type: 'object', additionalProperties: {} } } } },
    ],
    ['a node without a type', { type: 'object', properties: { any: {} }, additionalProperties: false }],
  ])('asks for %s in the system prompt, for the output format cannot say it', (_what, schema) => {
    const mapped = withSchema(schema);
    expect(mapped.output_config).toBeUndefined();
    expect(mapped.system).toBe(
      `Be brief.\n\nAnswer with one JSON document of this JSON Schema and nothing else:\n${JSON.stringify(schema)}`,
    );
  });

  test('puts the schema into the prompt of a model that takes none', () => {
    const output = { name: 'Thing', schema: { type: 'object', properties: {}, additionalProperties: false } };
    const mapped = mapRequest({ ...request, output }, { ...endpoint, capabilities: { schema: false } });
    expect(mapped.output_config).toBeUndefined();
    expect(mapped.system).toContain('Answer with one JSON document of this JSON Schema');
  });

  test('asks for a schema and an effort in the same output config', () => {
    const output = { name: 'Thing', schema: { type: 'object', properties: {}, additionalProperties: false } };
    const parameters = { maxOutputTokens: 500, reasoningEffort: 'low' } as const;
    const mapped = mapRequest({ ...request, output, parameters }, endpoint);
    expect(mapped.output_config).toEqual({ format: expect.anything() as unknown, effort: 'low' });
    expect(mapped.thinking).toEqual({ type: 'adaptive', display: 'omitted' });
  });

  test('declares tools by their schema', () => {
    const inputSchema = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] };
    const tools = [{ name: 'search', description: 'Searches.', inputSchema }];
    expect(mapRequest({ ...request, tools }, endpoint).tools).toEqual([
      { name: 'search', description: 'Searches.', input_schema: inputSchema },
    ]);
  });
});

describe('mapRequest of anthropic for messages', () => {
  const mapped = (...messages: readonly ModelMessage[]) => mapRequest({ ...request, messages }, endpoint).messages;
  const calls = [
    { id: 'toolu_1', name: 'search', arguments: { query: 'a' } },
    { id: 'toolu_2', name: 'search', arguments: {} },
  ];
  const [first, second] = [
    { type: 'tool_use', id: 'toolu_1', name: 'search', input: { query: 'a' } },
    { type: 'tool_use', id: 'toolu_2', name: 'search', input: {} },
  ];

  test('shows images and PDFs before the question', () => {
    const attachments = [
      { kind: 'image', mediaType: 'image/png', data: 'aW1n' },
      { kind: 'pdf', name: 'report.pdf', data: 'JVBERg==' },
    ] as const;
    expect(mapped({ role: 'user', content: 'What is it?', attachments })).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aW1n' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' },
            title: 'report.pdf',
          },
          { type: 'text', text: 'What is it?' },
        ],
      },
    ]);
    // Blank text is refused.
    expect(mapped({ role: 'user', content: ' ', attachments: attachments.slice(0, 1) })[0]?.content).toHaveLength(1);
  });

  test('gives the results of all calls in one message, in their order', () => {
    expect(
      mapped(
        { role: 'assistant', content: 'Let me look.', toolCalls: calls },
        { role: 'tool', toolCallId: 'toolu_1', name: 'search', content: 'found' },
        { role: 'tool', toolCallId: 'toolu_2', name: 'search', content: 'no such index', isError: true },
        { role: 'user', content: 'Go on.' },
        { role: 'tool', toolCallId: 'toolu_1', name: 'search', content: '' },
      ),
    ).toEqual([
      { role: 'assistant', content: [{ type: 'text', text: 'Let me look.' }, first, second] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: 'found' },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: 'no such index', is_error: true },
        ],
      },
      { role: 'user', content: 'Go on.' },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '' }] },
    ]);
  });

  test('gives an error without a word a word, for without one it is refused', () => {
    expect(mapped({ role: 'tool', toolCallId: 'toolu_1', name: 'a', content: ' ', isError: true })[0]?.content).toEqual(
      [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'The tool failed.', is_error: true }],
    );
  });

  test('makes the ids of another provider’s calls fit, in call and result alike', () => {
    const messages = mapped(
      { role: 'assistant', content: '', toolCalls: [{ id: 'fc:1/ü', name: 'a', arguments: {} }] },
      { role: 'tool', toolCallId: 'fc:1/ü', name: 'a', content: 'ok' },
    );
    expect(messages[0]?.content).toEqual([{ type: 'tool_use', id: 'fc_1__', name: 'a', input: {} }]);
    expect(messages[1]?.content).toMatchObject([{ tool_use_id: 'fc_1__' }]);
  });

  const thinking = { type: 'thinking', thinking: '', signature: 'c2ln' };
  const redacted = { type: 'redacted_thinking', data: 'ZGF0YQ==' };
  const outline = [
    thinking,
    { type: 'text', length: 3 },
    redacted,
    { type: 'tool_use', id: 'toolu_1' },
    { type: 'text', length: 1 },
    thinking,
    { type: 'tool_use', id: 'toolu_2' },
  ];
  const calling = { role: 'assistant', content: 'One ', toolCalls: calls } as const;

  test('puts thinking back where it was, unchanged', () => {
    expect(mapped({ ...calling, carried: carry(endpoint, outline) })).toEqual([
      { role: 'assistant', content: [thinking, { type: 'text', text: 'One' }, redacted, first, thinking, second] },
    ]);
  });

  const plain = [{ role: 'assistant', content: [{ type: 'text', text: 'One ' }, first, second] }];

  test.each([
    ['another provider', { ...carry(endpoint, outline), provider: 'gemini' as const }],
    ['another endpoint', carry({ ...endpoint, name: 'elsewhere' }, outline)],
    ['another model', carry({ ...endpoint, model: 'claude-opus-5' }, outline)],
    ['another message', carry(endpoint, outline.slice(0, 4))],
    ['another time', carry(endpoint, [{ type: 'thinking' }, 'what', null])],
    ['nobody', { provider: 'anthropic' as const, data: null }],
  ])('leaves out the thinking of %s', (_whose, carried) => {
    expect(mapped({ ...calling, carried })).toEqual(plain);
  });
});
