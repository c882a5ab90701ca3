/** Embeddings of every provider against the simulator, and answers no simulator gives against a bare server. */
import { cosineOf, packVectors, unpackVectors } from '../../../src/contracts/embedding';
import type { ModelAnswer, ModelRequest } from '../../../src/contracts/model';
import type { EndpointSettings } from '../../../src/contracts/settings';
import { createProvider } from '../../../src/providers/create-provider';
import { controlSimulator, readEndpoint, startSimulator } from '../../../src/simulator';
import type { RunningSimulator } from '../../../src/simulator';
import { apiKey, azure, callOf, compatible, endpointOf, failureOf, gemini, openai } from './dialects';
import type { Dialect } from './dialects';
import { WireServer } from './wire-server';

const model = 'text-embedding-3-small';
const dimensions = 64;
const texts = ['The violins carry the melody of the orchestra.', 'Orchestral violins.', 'Tax returns are due in May.'];
const request: ModelRequest = {
  model,
  messages: texts.map((content) => ({ role: 'user', content })),
  parameters: { maxOutputTokens: 0 },
  embedding: { model, dimensions },
};

async function embed(
  { dialect, url, settings = {} }: { dialect: Dialect; url: string; settings?: Partial<EndpointSettings> },
  changes: Partial<ModelRequest> = {},
): Promise<ModelAnswer> {
  const provider = createProvider({ endpoint: { ...endpointOf(dialect, url), model, ...settings }, apiKey });
  if (provider.embed === undefined) throw new Error('this provider cannot embed');
  return provider.embed(callOf({ request: { ...request, ...changes } }));
}

describe('Provider.embed, against the simulator', () => {
  let simulator: RunningSimulator;
  beforeAll(async () => {
    const latency = { firstTokenMs: 1, sigma: 0, tokensPerSecond: 100_000 };
    simulator = await startSimulator({
      endpoints: (['openai', 'azure-openai', 'gemini'] as const).map((provider) =>
        readEndpoint(provider, { provider, apiKey, latency, contextWindow: 1_000 }),
      ),
    });
  });
  afterAll(() => simulator.close());
  const control = () => controlSimulator(simulator.url);

  const interfaces: readonly (readonly [string, Dialect, string, Partial<EndpointSettings>])[] = [
    ['OpenAI', openai, 'openai', {}],
    ['Azure', azure, 'azure-openai', { deployment: model }],
    ['Azure, dated', azure, 'azure-openai', { deployment: model, apiVersion: '2025-04-01-preview' }],
    ['Gemini', gemini, 'gemini', {}],
    ['a compatible server', compatible, 'openai', { capabilities: { dimensions: true } }],
  ];

  test.each(interfaces)('%s gives a vector for each text, in their order', async (_, dialect, at, settings) => {
    await control().clearLedger();
    const answer = await embed({ dialect, url: `${simulator.url}/${at}`, settings });
    const [violins, orchestral, taxes, ...others] = unpackVectors(answer.text, dimensions) ?? [];
    expect(others).toEqual([]);
    expect(cosineOf(violins ?? [], orchestral ?? [])).toBeGreaterThan(0.3);
    expect(cosineOf(violins ?? [], taxes ?? [])).toBeLessThan(0.3);
    const [entry] = await control().ledger();
    expect(entry).toMatchObject({
      outcome: 'answered',
      billed: true,
      outputTokens: 0,
      callId: expect.any(String) as string,
    });
    // Gemini does not say what it has counted.
    const usage = dialect === gemini ? { estimated: true } : { inputTokens: entry?.inputTokens };
    expect(answer).toMatchObject({ model, finishReason: 'stop', usage: { ...usage, outputTokens: 0 } });
  });

  test('without the capability no length is asked for, and the model’s own is told when it is another', async () => {
    const asked = embed({ dialect: compatible, url: `${simulator.url}/openai` });
    expect(await failureOf(asked)).toMatchObject({
      type: 'Llm.Unsupported',
      message: expect.stringContaining('answered vectors of 1536 numbers, expected 64') as string,
    });
  });

  test('a text longer than the model’s window is told as such', async () => {
    const long = [{ role: 'user' as const, content: 'word '.repeat(1_200) }];
    const asked = embed({ dialect: openai, url: `${simulator.url}/openai` }, { messages: long });
    expect(await failureOf(asked)).toMatchObject({ type: 'Llm.ContextTooLong' });
  });

  test.each([
    ['an overload', { kind: 'status', status: 503 }, 'Llm.Overloaded'],
    ['a limit', { kind: 'status', status: 429 }, 'Llm.RateLimited'],
    ['a document without vectors', { kind: 'emptyAnswer' }, 'Llm.EmptyResponse'],
    ['a document that breaks off', { kind: 'cutStream' }, 'Llm.Truncated'],
  ] as const)('%s has its class at every interface', async (_, fault, type) => {
    for (const [, dialect, at, settings] of interfaces) {
      await control().addFault({ endpoint: at, count: 1, ...fault });
      expect(await failureOf(embed({ dialect, url: `${simulator.url}/${at}`, settings }))).toMatchObject({ type });
    }
  });

  test('Anthropic has none', () => {
    const endpoint = { ...endpointOf(openai, simulator.url), provider: 'anthropic' as const };
    expect(createProvider({ endpoint, apiKey }).embed).toBeUndefined();
  });
});

describe('Provider.embed, against answers that are wrong', () => {
  let server: WireServer;
  beforeAll(async () => {
    server = await WireServer.start();
  });
  afterAll(() => server.stop());

  const answering = (data: unknown): Promise<ModelAnswer> => {
    server.answerWith((response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ object: 'list', data, model, usage: { prompt_tokens: 9, total_tokens: 9 } }));
    });
    return embed({ dialect: openai, url: server.url });
  };
  const vector = Array.from({ length: dimensions }, (_, index) => index);
  const item = (index: number, embedding: unknown) => ({ object: 'embedding', index, embedding });

  test('the index of a vector says which text it is of', async () => {
    const [a, b, c] = [0, 1, 2].map((shift) => vector.map((value) => value + shift));
    const answer = await answering([item(2, c), item(0, a), item(1, packVectors([b ?? []]))]);
    expect(unpackVectors(answer.text, dimensions)).toEqual([a, b, c]);
    expect(answer.usage).toEqual({ inputTokens: 9, outputTokens: 0 });
  });

  test.each([
    ['one vector too few', [item(0, vector), item(1, vector)]],
    ['a vector twice', [item(0, vector), item(1, vector), item(1, vector)]],
    ['an index far outside', [item(0, vector), item(1, vector), item(4_000_000_000, vector)]],
    ['no numbers', [item(0, vector), item(1, vector), item(2, ['a'])]],
    ['no vector at all', [item(0, vector), item(1, vector), item(2, null)]],
  ])('%s is a failure of the server, which another may not have', async (_, data) => {
    expect(await failureOf(answering(data))).toMatchObject({
      type: 'Llm.ServerError',
      details: { code: 'unexpected_vectors' },
    });
  });

  test.each([
    ['numbers', vector.slice(1)],
    ['packed', packVectors([vector.slice(1)])],
  ])('vectors of another length, as %s, are told with both', async (_, short) => {
    const failed = await failureOf(answering([0, 1, 2].map((index) => item(index, short))));
    expect(failed).toMatchObject({
      type: 'Llm.Unsupported',
      message: expect.stringContaining('63 numbers, expected 64') as string,
    });
  });
});
