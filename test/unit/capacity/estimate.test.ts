import { createCostEstimator } from '../../../src/capacity/estimate';
import { estimateTokens } from '../../../src/capacity/estimate-tokens';
import type { ModelRequest } from '../../../src/contracts/model';
import type { EndpointSettings, LimitProfileName } from '../../../src/contracts/settings';

function endpointOf(model: string, limitProfile: LimitProfileName): EndpointSettings {
  return {
    name: `${model}-here`,
    provider: limitProfile === 'anthropic' ? 'anthropic' : 'openai',
    model,
    apiKeyEnv: 'KEY',
    quotaGroup: 'group',
    limits: {},
    limitProfile,
    weight: 1,
    price: { input: 1, output: 1 },
    contextWindow: 200_000,
    maxOutputTokens: 8_000,
  };
}

const gpt = endpointOf('gpt-5', 'azure');
const claude = endpointOf('claude-sonnet-5', 'anthropic');
const llama = endpointOf('llama', 'selfHosted');
const gemini = endpointOf('gemini-3', 'gemini');

function requestOf(model: string, content = 'The quick brown fox jumps over the lazy dog. '.repeat(100)): ModelRequest {
  return { model, messages: [{ role: 'user', content }], parameters: { maxOutputTokens: 100 } };
}

describe('CostEstimator.inputTokens', () => {
  test.each([
    ['as the tokenizer does for a model of OpenAI', gpt, 1],
    ['a tenth more for one of Anthropic', claude, 1.1],
    ['a tenth more for one of Google', gemini, 1.1],
    ['a tenth more for one of our own', llama, 1.1],
  ])('counts %s', (_, { model }, ratio) => {
    const estimator = createCostEstimator([gpt, claude, llama, gemini]);
    const request = requestOf(model);
    expect(estimator.inputTokens(request)).toBe(Math.ceil(estimateTokens(request) * ratio));
  });

  test('counts a tenth more for a model nobody has told it about', () => {
    const request = requestOf('unheard-of');
    expect(createCostEstimator([gpt]).inputTokens(request)).toBe(Math.ceil(estimateTokens(request) * 1.1));
  });

  test.each([[['azure', 'selfHosted']], [['selfHosted', 'azure']]] as const)(
    'takes a model that is served as %j for the one that counts more',
    (profiles) => {
      const estimator = createCostEstimator(profiles.map((profile) => endpointOf('shared', profile)));
      const request = requestOf('shared');
      expect(estimator.inputTokens(request)).toBe(Math.ceil(estimateTokens(request) * 1.1));
    },
  );

  test('runs the tokenizer once over a request, however many models are asked about it', () => {
    const estimator = createCostEstimator([gpt, claude]);
    let reads = 0;
    const message = {
      role: 'user' as const,
      get content() {
        reads += 1;
        return 'How often is this read?';
      },
    };
    const request = { ...requestOf('gpt-5'), messages: [message] };
    const first = estimator.inputTokens(request);
    const readsOfOne = reads;
    expect(estimator.inputTokens({ ...request, model: 'claude-sonnet-5' })).toBe(Math.ceil(first * 1.1));
    expect(estimator.inputTokens({ ...request })).toBe(first);
    expect(reads).toBe(readsOfOne);
  });

  test('counts again when instructions or schema are others', () => {
    const estimator = createCostEstimator([gpt]);
    const request = requestOf('gpt-5');
    const bare = estimator.inputTokens(request);
    const output = { name: 'Answer', schema: { type: 'object', properties: {} } };
    expect(estimator.inputTokens({ ...request, system: 'Answer briefly, please.' })).toBeGreaterThan(bare);
    expect(estimator.inputTokens({ ...request, output })).toBeGreaterThan(bare);
    expect(estimator.inputTokens(request)).toBe(bare);
  });
});

describe('CostEstimator.inputTokens of attachments and tools', () => {
  const estimator = createCostEstimator([gpt, claude, llama, gemini]);
  const content = 'The quick brown fox jumps over the lazy dog. '.repeat(100);
  const added = (model: string, more: Partial<ModelRequest>): number =>
    estimator.inputTokens({ ...requestOf(model, content), ...more }) - estimator.inputTokens(requestOf(model, content));
  const png = Buffer.alloc(24);
  png.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  png.writeUInt32BE(1024, 16);
  png.writeUInt32BE(1024, 20);
  const shown = (data: string): Partial<ModelRequest> => ({
    messages: [{ role: 'user', content, attachments: [{ kind: 'image', mediaType: 'image/png', data }] }],
  });

  test.each([
    ['gpt-5', 70 + 4 * 140],
    ['claude-sonnet-5', 37 * 37],
    ['gemini-3', 1_120],
    ['llama', 37 * 37],
    ['unheard-of', 37 * 37],
  ])('an image costs %s what its provider says, without the ratio of text', (model, tokens) => {
    expect(added(model, shown(png.toString('base64')))).toBe(tokens + 10);
  });

  test('an attachment is read once, however many models are asked about it', () => {
    let reads = 0;
    const attachment = {
      kind: 'image' as const,
      mediaType: 'image/png' as const,
      get data() {
        reads += 1;
        return png.toString('base64');
      },
    };
    const request = {
      ...requestOf('gpt-5'),
      messages: [{ role: 'user' as const, content, attachments: [attachment] }],
    };
    estimator.inputTokens(request);
    estimator.inputTokens({ ...request, model: 'claude-sonnet-5' });
    estimator.inputTokens({ ...request, system: 'Look closely.' });
    expect(reads).toBe(1);
  });

  const tools = [{ name: 'weather', description: 'Of a city.', inputSchema: { type: 'object' } }];

  test('tools cost their definitions, and with Anthropic a prompt of its own', () => {
    expect(added('gpt-5', { tools })).toBeLessThan(40);
    expect(added('claude-sonnet-5', { tools })).toBeGreaterThan(675);
  });

  test('counts again when the tools are others', () => {
    const request = { ...requestOf('gpt-5'), tools };
    const one = estimator.inputTokens(request);
    expect(estimator.inputTokens({ ...request, tools: [...tools, ...tools] })).toBeGreaterThan(one);
  });

  test.each([
    ['with an attachment', shown('broken')],
    ['with tools, where the provider adds to them', { tools }],
  ])('an answer to a request %s teaches nothing about text', (_, more) => {
    const fresh = createCostEstimator([claude]);
    const text = requestOf(claude.model);
    const before = fresh.inputTokens(text);
    const usage = { inputTokens: 400, outputTokens: 50 };
    for (let i = 0; i < 50; i++) fresh.learn(claude, { request: { ...text, ...more }, usage });
    expect(fresh.inputTokens(text)).toBe(before);
    expect(fresh.costOf(claude, 500, 4_000).outputTokens).toBe(50);
  });
});

describe('CostEstimator.costOf', () => {
  const estimator = createCostEstimator([gpt, claude]);

  test('is counted as the endpoint’s profile says, with a quarter of the output expected', () => {
    expect(estimator.costOf(gpt, 500, 1_200)).toEqual({ tokens: 1_700, inputTokens: 500, outputTokens: 300 });
    expect(estimator.costOf(claude, 500, 1_200)).toEqual({ tokens: 500, inputTokens: 500, outputTokens: 300 });
  });

  test('counts no more output than the endpoint is asked for', () => {
    expect(estimator.costOf(gpt, 500, 100_000)).toEqual({ tokens: 8_500, inputTokens: 500, outputTokens: 2_000 });
  });
});

describe('CostEstimator.chargedOf', () => {
  const estimator = createCostEstimator([gpt, claude]);
  const usage = { inputTokens: 500, outputTokens: 200, cachedInputTokens: 400 };

  test('is what the endpoint’s profile keeps', () => {
    expect(estimator.chargedOf(gpt, usage, 1_200)).toEqual({ tokens: 1_700, inputTokens: 500, outputTokens: 200 });
    expect(estimator.chargedOf(claude, usage, 1_200)).toEqual({ tokens: 100, inputTokens: 100, outputTokens: 200 });
  });

  test('keeps no more output than the endpoint was asked for', () => {
    expect(estimator.chargedOf(gpt, usage, 100_000).tokens).toBe(8_500);
  });
});

describe('CostEstimator.learn', () => {
  /** Answers of a provider that counts `ratio` times what the tokenizer does. */
  function answer(estimator: ReturnType<typeof createCostEstimator>, endpoint: EndpointSettings, ratio: number): void {
    const request = requestOf(endpoint.model);
    const usage = { inputTokens: Math.round(estimateTokens(request) * ratio), outputTokens: 50 };
    estimator.learn(endpoint, { request, usage });
  }

  test.each([0.9, 1.1, 1.3])('a model that counts %d times as much is estimated so', (ratio) => {
    const estimator = createCostEstimator([gpt, claude]);
    for (let i = 0; i < 250; i++) answer(estimator, claude, ratio);
    const request = requestOf(claude.model);
    const learned = estimator.inputTokens(request) / estimateTokens(request);
    expect(learned).toBeGreaterThanOrEqual(ratio - 0.001);
    expect(learned).toBeLessThan(ratio + 0.02);
    expect(estimator.inputTokens(requestOf(gpt.model))).toBe(estimateTokens(request));
  });

  test('a model is learned from all its endpoints', () => {
    const estimator = createCostEstimator([gpt]);
    for (let i = 0; i < 250; i++) answer(estimator, { ...gpt, name: `region-${i % 3}` }, 1.2);
    const request = requestOf(gpt.model);
    expect(estimator.inputTokens(request) / estimateTokens(request)).toBeCloseTo(1.2, 1);
  });

  test('answers of many calls that were estimated alike at first are learned from without drifting', () => {
    const estimator = createCostEstimator([claude]);
    for (let i = 0; i < 1_000; i++) answer(estimator, claude, 1);
    const request = requestOf(claude.model);
    expect(estimator.inputTokens(request) / estimateTokens(request)).toBeCloseTo(1, 2);
  });

  test('the output that is held becomes what answers really need', () => {
    const estimator = createCostEstimator([claude]);
    for (let i = 0; i < 20; i++) answer(estimator, claude, 1);
    expect(estimator.costOf(claude, 500, 4_000).outputTokens).toBe(50);
    expect(estimator.costOf(claude, 500, 20).outputTokens).toBe(20);
  });

  test('an estimated usage teaches nothing', () => {
    const estimator = createCostEstimator([gpt]);
    const request = requestOf(gpt.model);
    const estimatedInputTokens = estimator.inputTokens(request);
    const usage = { inputTokens: 2 * estimatedInputTokens, outputTokens: 4_000, estimated: true };
    for (let i = 0; i < 50; i++) estimator.learn(gpt, { request, usage });
    expect(estimator.inputTokens(request)).toBe(estimatedInputTokens);
    expect(estimator.costOf(gpt, 1, 8_000).outputTokens).toBe(2_000);
  });

  test.each([0, NaN, -1, Infinity])('a usage of %d tokens teaches nothing', (tokens) => {
    const estimator = createCostEstimator([gpt]);
    const request = requestOf(gpt.model);
    const estimatedInputTokens = estimator.inputTokens(request);
    const usage = { inputTokens: tokens, outputTokens: tokens };
    for (let i = 0; i < 50; i++) estimator.learn(gpt, { request, usage });
    expect(estimator.inputTokens(request)).toBe(estimatedInputTokens);
    expect(estimator.costOf(gpt, 1, 8_000).outputTokens).toBe(2_000);
  });
});
