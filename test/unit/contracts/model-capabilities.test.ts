import { capabilitiesOf, missingCapability } from '../../../src/contracts/model-capabilities';
import type { ModelMessage } from '../../../src/contracts/model';

type Endpoint = Parameters<typeof capabilitiesOf>[0];

describe('capabilitiesOf', () => {
  test.each<[Endpoint, object]>([
    [
      { provider: 'openai', model: 'gpt-4.1' },
      { temperature: true, seed: true, reasoningEffort: false },
    ],
    [
      { provider: 'openai', model: 'gpt-5-mini' },
      { temperature: false, seed: false, reasoningEffort: true },
    ],
    [
      { provider: 'openai', model: 'gpt-5-chat-latest' },
      { temperature: true, reasoningEffort: false },
    ],
    [
      { provider: 'openai', model: 'o3' },
      { temperature: false, reasoningEffort: true },
    ],
    [
      { provider: 'openai', model: 'gpt-4.1', api: 'responses' },
      { temperature: true, seed: false },
    ],
    [
      { provider: 'azure-openai', model: 'gpt-5' },
      { temperature: false, reasoningEffort: true },
    ],
    [
      { provider: 'anthropic', model: 'claude-3-5-haiku' },
      { seed: false, reasoningEffort: false },
    ],
    [
      { provider: 'anthropic', model: 'claude-sonnet-5' },
      { seed: false, reasoningEffort: true },
    ],
    [
      { provider: 'gemini', model: 'gemini-2.0-flash' },
      { seed: true, reasoningEffort: false },
    ],
    [
      { provider: 'gemini', model: 'gemini-3-pro' },
      { reasoningEffort: true, pdf: true },
    ],
    [
      { provider: 'openai-compatible', model: 'llama' },
      { images: false, pdf: false, reasoningEffort: false, tools: true },
    ],
  ])('%j', (endpoint, expected) => {
    expect(capabilitiesOf(endpoint)).toMatchObject(expected);
  });

  test('the config knows better', () => {
    const endpoint = { provider: 'openai-compatible', model: 'llava', capabilities: { images: true } } as const;
    expect(capabilitiesOf(endpoint)).toMatchObject({ images: true, pdf: false });
  });
});

describe('missingCapability', () => {
  const text: ModelMessage = { role: 'user', content: 'What is this?' };
  const image: ModelMessage = { ...text, attachments: [{ kind: 'image', mediaType: 'image/png', data: '' }] };
  const pdf: ModelMessage = { ...text, attachments: [{ kind: 'pdf', name: 'a.pdf', data: '' }] };
  const tools = [{ name: 't', description: 'd', inputSchema: {} }];
  const able: Endpoint = { provider: 'openai', model: 'gpt-5' };
  const plain: Endpoint = { ...able, capabilities: { tools: false, images: false, pdf: false } };

  test.each([
    [{ messages: [text], tools }, 'tools'],
    [{ messages: [text, image] }, 'images'],
    [{ messages: [pdf] }, 'PDFs'],
    [{ messages: [text], tools: [] }, undefined],
    [{ messages: [text] }, undefined],
  ])('of %j is %s where the model has none of them, and nothing where it has all', (request, expected) => {
    expect(missingCapability(plain, request)).toBe(expected);
    expect(missingCapability(able, request)).toBeUndefined();
  });

  test('of Gemini are GIF images, but no others', () => {
    const gemini: Endpoint = { provider: 'gemini', model: 'gemini-3-pro' };
    const gif: ModelMessage = { ...text, attachments: [{ kind: 'image', mediaType: 'image/gif', data: '' }] };
    expect(missingCapability(gemini, { messages: [gif] })).toBe('GIF images');
    expect(missingCapability(gemini, { messages: [image] })).toBeUndefined();
    expect(missingCapability(able, { messages: [gif] })).toBeUndefined();
  });
});
