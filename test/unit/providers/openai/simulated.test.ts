/** Every interface of the family against the simulator, which checks requests as strictly as the providers do. */
import type { ModelAnswer, ModelRequest, ResumableCall } from '../../../../src/contracts/model';
import type { EndpointSettings } from '../../../../src/contracts/settings';
import { createProvider } from '../../../../src/providers/create-provider';
import type { Provider } from '../../../../src/providers/provider';
import { controlSimulator, readEndpoint, startSimulator } from '../../../../src/simulator';
import type { EndpointInput, RunningSimulator } from '../../../../src/simulator';
import { apiKey, azure, callOf, compatible, endpointOf, failureOf, openai, responses } from '../dialects';
import type { Dialect } from '../dialects';
import { pdf, png, strictSchema, tools } from './model-requests';

let simulator: RunningSimulator;
beforeAll(async () => {
  const latency = { firstTokenMs: 1, sigma: 0, tokensPerSecond: 100_000 };
  const endpoint = (name: string, provider: EndpointInput['provider'], firstTokenMs = 1) =>
    readEndpoint(name, { provider, apiKey, latency: { ...latency, firstTokenMs } });
  simulator = await startSimulator({
    endpoints: [
      endpoint('openai', 'openai'),
      endpoint('azure', 'azure-openai'),
      endpoint('openai-slow', 'openai', 60_000),
      endpoint('azure-slow', 'azure-openai', 60_000),
    ],
  });
});
afterAll(() => simulator.close());

const dated = { apiVersion: '2025-04-01-preview', deployment: 'gpt-5' };
const interfaces: readonly (readonly [string, Dialect, Partial<EndpointSettings>])[] = [
  ['Chat Completions', openai, {}],
  ['Responses', responses, {}],
  ['Azure', azure, { deployment: 'gpt-5' }],
  ['Azure, dated', azure, dated],
  ['Azure, Responses', azure, { deployment: 'gpt-5', api: 'responses' }],
  ['Azure, Responses, dated', azure, { ...dated, api: 'responses' }],
  [
    'a compatible server',
    compatible,
    { capabilities: { images: true, pdf: true, reasoningEffort: true, temperature: false } },
  ],
];

function providerOf(dialect: Dialect, settings: Partial<EndpointSettings>, at = nameOf(dialect)): Provider {
  const endpoint = { ...endpointOf(dialect, `${simulator.url}/${at}`), model: 'gpt-5', ...settings };
  return createProvider({ endpoint, apiKey });
}

function nameOf(dialect: Dialect): string {
  return dialect === azure ? 'azure' : 'openai';
}

const request: ModelRequest = {
  model: 'gpt-5',
  system: 'You answer briefly.',
  messages: [{ role: 'user', content: 'What is on the picture?' }],
  parameters: { maxOutputTokens: 2_000, temperature: 0.2, seed: 7, reasoningEffort: 'low' },
};

describe.each(interfaces)('%s', (_name, dialect, settings) => {
  const ask = (changes: Partial<ModelRequest>): Promise<ModelAnswer> =>
    providerOf(dialect, settings).call(callOf({ request: { ...request, ...changes } }));

  test('answers a model that reasons, shown a picture and a PDF, in the words of a schema', async () => {
    const messages: ModelRequest['messages'] = [
      { role: 'user', content: 'What is on the picture?', attachments: [png, pdf] },
    ];
    const answer = await ask({ messages, output: { name: 'Thing', schema: strictSchema } });
    expect(JSON.parse(answer.text)).toEqual({ a: expect.any(String) as string });
    expect(answer).toMatchObject({ finishReason: 'stop', usage: { reasoningTokens: expect.any(Number) as number } });
    expect(answer.usage).not.toHaveProperty('estimated');
    expect(answer.requestId).toEqual(expect.any(String));
  });

  test('makes tool calls, and goes on with what the tools have said', async () => {
    const asked = await ask({ tools });
    expect(asked).toMatchObject({ finishReason: 'toolCalls', toolCalls: [{ name: expect.any(String) as string }] });
    const { text, toolCalls = [], carried } = asked;
    const answer = await ask({
      tools,
      messages: [
        ...request.messages,
        { role: 'assistant', content: text, toolCalls, ...(carried === undefined ? {} : { carried }) },
        ...toolCalls.map(({ id, name }) => ({ role: 'tool' as const, toolCallId: id, name, content: 'A cat.' })),
      ],
    });
    expect(answer).toMatchObject({ finishReason: 'stop' });
    expect(answer.text).not.toBe('');
  });
});

describe.each([
  ['Responses', responses, {}],
  ['Azure, Responses', azure, { deployment: 'gpt-5', api: 'responses' }],
] as const)('a call in the background of %s', (_name, dialect, settings) => {
  const at = nameOf(dialect);
  const provider = (name = at): Required<Provider> => providerOf(dialect, settings, name) as Required<Provider>;

  /** Begins a call and loses it as soon as the provider has said its id. */
  async function begin(name = at): Promise<ResumableCall> {
    await controlSimulator(simulator.url).clearLedger();
    const controller = new AbortController();
    let begun: ResumableCall | undefined;
    const onResumable = (call: ResumableCall): Promise<void> => {
      begun = call;
      controller.abort(new Error('the worker died'));
      return Promise.resolve();
    };
    await failureOf(provider(name).call(callOf({ request, signal: controller.signal, onResumable })));
    if (begun === undefined) throw new Error('the call was never announced');
    return begun;
  }

  test('is picked up where it was lost, and paid for once', async () => {
    const resumable = await begin();
    const answer = await provider().resume({ ...callOf({ request }), resumable });
    expect(answer.text).not.toBe('');
    const entries = await controlSimulator(simulator.url).ledger();
    expect(entries.map(({ endpoint, operation, billed }) => ({ endpoint, operation, billed }))).toEqual([
      { endpoint: at, operation: 'create', billed: true },
      { endpoint: at, operation: 'retrieve', billed: false },
    ]);
  });

  test('is lost once it was cancelled', async () => {
    const slow = provider(`${at}-slow`);
    const resumable = await begin(`${at}-slow`);
    await slow.cancelResumable({ resumable, callId: 'cancel', signal: new AbortController().signal });
    expect(await failureOf(slow.resume({ ...callOf({ request }), resumable }))).toMatchObject({
      type: 'Llm.ResumeLost',
    });
  });

  test('is lost when the provider has never heard of it', async () => {
    const resumable = { endpoint: at, responseId: 'resp_unknown' };
    expect(await failureOf(provider().resume({ ...callOf({ request }), resumable }))).toMatchObject({
      type: 'Llm.ResumeLost',
      details: { status: 404 },
    });
  });
});
