import type { ModelMessage, ModelRequest } from '../../../../../src/contracts/model';
import type { EndpointSettings } from '../../../../../src/contracts/settings';
import { carriedOf } from '../../../../../src/providers/openai/responses/carried-items';
import { mapRequest } from '../../../../../src/providers/openai/responses/map-request';
import { endpointOf, responses } from '../../dialects';
import { modelRequest, pdf, png, strictSchema, toolRequest, tools } from '../model-requests';

const endpoint = endpointOf(responses, 'http://unused');
const reasoning = { ...endpoint, model: 'gpt-5' };

function map(request: ModelRequest, to: EndpointSettings = endpoint, isBackground = false) {
  return mapRequest(request, to, { isBackground });
}

describe('mapRequest of Responses', () => {
  test('says everything in the words of Responses, and leaves nothing at OpenAI', () => {
    expect(map(modelRequest)).toEqual({
      model: 'gpt-4.1',
      instructions: 'Be brief.',
      input: modelRequest.messages,
      stream: true,
      store: false,
      max_output_tokens: 500,
      temperature: 0.2,
    });
  });

  test('runs in the background when the call is to go on without us', () => {
    expect(map(modelRequest, endpoint, true)).toMatchObject({ background: true, store: true, stream: true });
  });

  test('asks for at least the sixteen tokens without which it is refused, and for no more than there are', () => {
    const asking = (maxOutputTokens: number) => map({ ...modelRequest, parameters: { maxOutputTokens } });
    expect(asking(1).max_output_tokens).toBe(16);
    expect(asking(100_000).max_output_tokens).toBe(endpoint.maxOutputTokens);
  });

  test('asks a model that reasons for its effort, and for the reasoning itself, which is not kept there', () => {
    const parameters = { maxOutputTokens: 500, temperature: 0.2, reasoningEffort: 'high' as const };
    const mapped = map({ ...modelRequest, parameters }, reasoning);
    expect(mapped).toMatchObject({ reasoning: { effort: 'high' }, include: ['reasoning.encrypted_content'] });
    expect(mapped).not.toHaveProperty('temperature');
    expect(Object.keys(map({ ...modelRequest, parameters }))).not.toEqual(
      expect.arrayContaining(['reasoning', 'include']),
    );
  });

  test('shows pictures and PDFs before the question about them', () => {
    const messages: ModelMessage[] = [{ role: 'user', content: 'What is this?', attachments: [png, pdf] }];
    expect(map({ ...modelRequest, messages }).input).toEqual([
      {
        role: 'user',
        content: [
          { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,aW1n' },
          { type: 'input_file', filename: 'plan.pdf', file_data: 'data:application/pdf;base64,cGRm' },
          { type: 'input_text', text: 'What is this?' },
        ],
      },
    ]);
  });

  test('declares tools, strictly where that can be said', () => {
    expect(map({ ...modelRequest, tools }).tools).toEqual([
      { type: 'function', name: 'search', description: 'Searches.', parameters: strictSchema, strict: true },
      { type: 'function', name: 'count', description: 'Counts.', parameters: { type: 'object' }, strict: false },
    ]);
  });

  test('gives the calls of the model and their results back', () => {
    expect(map(toolRequest).input?.slice(1)).toEqual([
      { role: 'assistant', content: 'I look.' },
      { type: 'function_call', call_id: 'call_1', name: 'search', arguments: '{"a":"x"}' },
      { type: 'function_call', call_id: 'call_2', name: 'count', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'Found.' },
      { type: 'function_call_output', call_id: 'call_2', output: 'Error: no such thing' },
    ]);
  });

  test('asks for a schema strictly when it can be said strictly, and as it is otherwise', () => {
    const open = { type: 'object', additionalProperties: { type: 'number' } };
    const formatOf = (schema: typeof open | typeof strictSchema) =>
      map({ ...modelRequest, output: { name: 'Thing', schema } }).text?.format;
    expect(formatOf(strictSchema)).toEqual({ type: 'json_schema', name: 'Thing', schema: strictSchema, strict: true });
    expect(formatOf(open)).toEqual({ type: 'json_schema', name: 'Thing', schema: open, strict: false });
  });

  test('puts the schema into the input of a model that takes none, where JSON mode looks for the word', () => {
    const output = { name: 'Thing', schema: strictSchema };
    const mapped = map({ ...modelRequest, output }, { ...endpoint, capabilities: { schema: false } });
    expect(mapped.text).toEqual({ format: { type: 'json_object' } });
    expect(mapped.instructions).toBe('Be brief.');
    expect(mapped.input?.[0]).toEqual({
      role: 'system',
      content: `Answer with one JSON document of this JSON Schema and nothing else:\n${JSON.stringify(strictSchema)}`,
    });
  });
});

describe('carriedOf', () => {
  const output = [
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA', status: 'completed' },
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      phase: 'commentary',
      content: [{ type: 'output_text', text: 'I look.', annotations: [] }],
    },
    {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: 'search',
      arguments: '{"a":"x"}',
      status: 'completed',
    },
    { type: 'function_call', id: 'fc_2', call_id: 'call_2', name: 'count', arguments: '{}', status: 'completed' },
    { type: 'a_kind_of_next_year' },
  ];
  const carrying = (from: EndpointSettings): ModelRequest => ({
    ...toolRequest,
    messages: toolRequest.messages.map((message) => {
      const carried = carriedOf(output, from);
      return message.role === 'assistant' && carried !== undefined ? { ...message, carried } : message;
    }),
  });

  test('gives the reasoning back in its place, without the ids of what is not kept', () => {
    expect(map(carrying(reasoning), reasoning).input?.slice(1, 5)).toEqual([
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' },
      { role: 'assistant', content: 'I look.', phase: 'commentary' },
      { type: 'function_call', call_id: 'call_1', name: 'search', arguments: '{"a":"x"}' },
      { type: 'function_call', call_id: 'call_2', name: 'count', arguments: '{}' },
    ]);
  });

  test.each([
    ['another endpoint', { ...reasoning, name: 'other-account' }],
    ['another provider', { ...reasoning, provider: 'azure-openai' as const }],
  ])('leaves the reasoning of %s out: it could not be read here', (_from, from) => {
    expect(map(carrying(from), reasoning).input).toEqual(map(toolRequest, reasoning).input);
  });

  test('carries nothing when there is no reasoning', () => {
    expect(carriedOf(output.slice(1), reasoning)).toBeUndefined();
    expect(carriedOf([{ type: 'reasoning', id: 'rs_1', summary: [] }], reasoning)).toBeUndefined();
  });
});
