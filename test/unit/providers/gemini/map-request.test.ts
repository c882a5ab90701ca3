import type { ModelMessage, ModelRequest } from '../../../../src/contracts/model';
import { reasoningEfforts } from '../../../../src/contracts/settings';
import type { ReasoningEffort } from '../../../../src/contracts/settings';
import { carry } from '../../../../src/providers/carried';
import { mapRequest } from '../../../../src/providers/gemini/map-request';
import { endpointOf, gemini } from '../dialects';

const endpoint = endpointOf(gemini, 'http://unused');
const request: ModelRequest = {
  model: 'gemini-3.8-flash',
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'One?' }],
  parameters: { maxOutputTokens: 500, temperature: 0.2, seed: 7 },
};
const output = { name: 'Thing', schema: { type: 'object', properties: {}, additionalProperties: false } };
const inputSchema = { type: 'object', properties: { query: { type: 'string' } } };
const tools = [{ name: 'search', description: 'Searches.', inputSchema }];

/** Never left to the SDK's defaults. */
const oneRequest = { automaticContinuation: false, automaticFunctionCalling: { disable: true } };

describe('mapRequest of gemini', () => {
  test('says everything in the words of generateContent', () => {
    expect(mapRequest({ ...request, output, tools }, endpoint)).toEqual({
      model: 'gemini-3.8-flash',
      contents: [{ role: 'user', parts: [{ text: 'One?' }] }],
      config: {
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        maxOutputTokens: 500,
        temperature: 0.2,
        seed: 7,
        responseMimeType: 'application/json',
        responseJsonSchema: output.schema,
        tools: [
          { functionDeclarations: [{ name: 'search', description: 'Searches.', parametersJsonSchema: inputSchema }] },
        ],
        ...oneRequest,
      },
    });
  });

  test('leaves out what the model does not take, and asks for no more tokens than it can give', () => {
    const parameters = { maxOutputTokens: 100_000, temperature: 0.2, seed: 7, reasoningEffort: 'low' } as const;
    const capabilities = { temperature: false, seed: false, reasoningEffort: false };
    const { system: _system, ...rest } = request;
    expect(mapRequest({ ...rest, parameters }, { ...endpoint, capabilities }).config).toEqual({
      maxOutputTokens: endpoint.maxOutputTokens,
      ...oneRequest,
    });
  });

  test.each([
    ['takes none', { ...endpoint, capabilities: { schema: false } }, 'gemini-3.8-flash', []],
    ['takes none beside tools', endpoint, 'gemini-2.5-pro', tools],
  ])('puts the schema into the prompt of a model that %s', (_what, to, model, given) => {
    const { config } = mapRequest({ ...request, model, output, tools: given }, to);
    expect(config).not.toHaveProperty('responseJsonSchema');
    expect(config).not.toHaveProperty('responseMimeType');
    expect(JSON.stringify(config.systemInstruction)).toContain('Answer with one JSON document of this JSON Schema');
  });

  test('asks an older model for a schema by its own means when there are no tools', () => {
    const { config } = mapRequest({ ...request, model: 'gemini-2.5-pro', output }, endpoint);
    expect(config.responseJsonSchema).toEqual(output.schema);
  });
});

describe('mapRequest of gemini for reasoning effort', () => {
  const think = (model: string, reasoningEffort: ReasoningEffort, maxOutputTokens = 4_000): unknown =>
    mapRequest(
      { ...request, model, parameters: { maxOutputTokens, reasoningEffort } },
      { ...endpoint, model, maxOutputTokens: 65_536 },
    ).config.thinkingConfig;
  const ofAll = (model: string): unknown[] =>
    reasoningEfforts.map((effort) => Object.values(think(model, effort) as object)[0] as unknown);

  test.each([
    ['gemini-3-flash-preview', ['MINIMAL', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH']],
    ['gemini-3.1-flash-lite', ['MINIMAL', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH']],
    ['gemini-3.5-flash', ['MINIMAL', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH']],
    ['gemini-3.8-flash', ['LOW', 'LOW', 'LOW', 'MEDIUM', 'HIGH']],
    ['gemini-3.1-pro-preview', ['LOW', 'LOW', 'LOW', 'MEDIUM', 'HIGH']],
    ['gemini-3-pro-preview', ['LOW', 'LOW', 'LOW', 'HIGH', 'HIGH']],
    ['models/gemini-4-argon', ['LOW', 'LOW', 'LOW', 'MEDIUM', 'HIGH']],
    // Shares of the 4,000 tokens of the whole output.
    ['gemini-2.5-flash', [0, 512, 800, 2_000, 3_200]],
    ['gemini-2.5-flash-lite', [0, 512, 800, 2_000, 3_200]],
    ['gemini-2.5-pro', [128, 200, 800, 2_000, 3_200]],
  ])('asks %s for none, minimal, low, medium and high', (model, expected) => {
    expect(ofAll(model)).toEqual(expected);
  });

  test('names a level or a budget, never both: that would be a 400', () => {
    expect(Object.keys(think('gemini-3.8-flash', 'low') as object)).toEqual(['thinkingLevel']);
    expect(Object.keys(think('gemini-2.5-flash', 'low') as object)).toEqual(['thinkingBudget']);
  });

  test('keeps a budget within what the model takes and the answer leaves', () => {
    expect(think('gemini-2.5-flash', 'high', 60_000)).toEqual({ thinkingBudget: 24_576 });
    expect(think('gemini-2.5-flash', 'high', 600)).toEqual({ thinkingBudget: 0 });
    expect(think('gemini-2.5-pro', 'high', 100)).toEqual({ thinkingBudget: 128 });
  });

  test('says nothing to a model that cannot think', () => {
    expect(think('gemini-2.0-flash', 'high')).toBeUndefined();
  });
});

describe('mapRequest of gemini for messages', () => {
  const mapped = (to: typeof endpoint, ...messages: readonly ModelMessage[]) =>
    mapRequest({ ...request, messages }, to).contents;
  const calls = [
    { id: 'call_1', name: 'search', arguments: { query: 'a' } },
    { id: 'call_2', name: 'search', arguments: {} },
  ];
  const calling = { role: 'assistant', content: '', toolCalls: calls } as const;
  const callOf = (index: number): unknown => {
    const { id, name, arguments: args } = calls[index] ?? { id: '', name: '', arguments: {} };
    return { id, name, args };
  };

  test('shows images and PDFs before the question', () => {
    const attachments = [
      { kind: 'image', mediaType: 'image/png', data: 'aW1n' },
      { kind: 'pdf', name: 'report.pdf', data: 'JVBERg==' },
    ] as const;
    const files = [
      { inlineData: { mimeType: 'image/png', data: 'aW1n' } },
      { inlineData: { mimeType: 'application/pdf', data: 'JVBERg==' } },
    ];
    expect(mapped(endpoint, { role: 'user', content: 'What is it?', attachments })).toEqual([
      { role: 'user', parts: [...files, { text: 'What is it?' }] },
    ]);
    expect(mapped(endpoint, { role: 'user', content: '', attachments })).toEqual([{ role: 'user', parts: files }]);
  });

  test('gives the results of all calls in one message, with the ids of the calls', () => {
    expect(
      mapped(
        endpoint,
        { role: 'tool', toolCallId: 'call_1', name: 'search', content: 'found' },
        { role: 'tool', toolCallId: 'call_2', name: 'search', content: 'no such index', isError: true },
      ),
    ).toEqual([
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'call_1', name: 'search', response: { output: 'found' } } },
          { functionResponse: { id: 'call_2', name: 'search', response: { error: 'no such index' } } },
        ],
      },
    ]);
  });

  test('puts the signatures back beside their calls', () => {
    const carried = carry(endpoint, ['c2ln', null]);
    expect(mapped(endpoint, { ...calling, content: 'Let me look.', carried })).toEqual([
      {
        role: 'model',
        parts: [
          { text: 'Let me look.' },
          { functionCall: callOf(0), thoughtSignature: 'c2ln' },
          { functionCall: callOf(1) },
        ],
      },
    ]);
  });

  test.each([
    ['another provider', { provider: 'anthropic' as const, data: { items: ['c2ln'] } }],
    ['another endpoint', carry({ ...endpoint, name: 'elsewhere' }, ['c2ln', null])],
    ['another model', carry({ ...endpoint, model: 'gemini-4-argon' }, ['c2ln', null])],
  ])('says of the calls of %s that they have no signature, where one is asked for', (_whose, carried) => {
    const part = { functionCall: callOf(0) };
    expect(mapped(endpoint, { ...calling, carried })).toEqual([
      {
        role: 'model',
        parts: [{ ...part, thoughtSignature: 'skip_thought_signature_validator' }, { functionCall: callOf(1) }],
      },
    ]);
    const older = { ...endpoint, model: 'gemini-2.5-pro' };
    expect(mapped(older, { ...calling, carried })).toEqual([
      { role: 'model', parts: [part, { functionCall: callOf(1) }] },
    ]);
  });
});
