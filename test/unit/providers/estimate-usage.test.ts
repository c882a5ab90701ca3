import type { ModelRequest } from '../../../src/contracts/model';
import { completeUsage } from '../../../src/providers/estimate-usage';

const asking = (changes: Partial<ModelRequest>): ModelRequest => ({
  model: 'gpt-4.1',
  messages: [{ role: 'user', content: '12345678' }],
  parameters: { maxOutputTokens: 500 },
  ...changes,
});

const tokensOf = (value: unknown): number => JSON.stringify(value).length / 4;

describe('completeUsage', () => {
  test('takes the numbers of the provider as they are', () => {
    const known = { inputTokens: 7, outputTokens: 3, cachedInputTokens: 5, reasoningTokens: 2 };
    expect(completeUsage(known, asking({}), 400)).toEqual(known);
  });

  test('leaves out what is nothing', () => {
    const known = { inputTokens: 7, outputTokens: 3, cachedInputTokens: 0, reasoningTokens: 0 };
    expect(completeUsage(known, asking({}), 400)).toEqual({ inputTokens: 7, outputTokens: 3 });
  });

  test('fills in the half that is missing, and says so', () => {
    expect(completeUsage({ inputTokens: 7 }, asking({}), 400)).toEqual({
      inputTokens: 7,
      outputTokens: 100,
      estimated: true,
    });
  });

  const schema = { type: 'object' };
  const tools = [{ name: 's', description: 'd', inputSchema: schema }];
  const toolCalls = [{ id: 'call_1', name: 'search', arguments: { a: 'x' } }];
  test.each<[string, Partial<ModelRequest>, number]>([
    ['the messages', {}, 2],
    ['the system prompt', { system: 'Be brief, and be kind.!!' }, 8],
    ['the schema', { output: { name: 'Thing', schema } }, 2 + tokensOf(schema)],
    ['tools', { tools }, 2 + tokensOf(tools)],
    ['calls and results', { messages: [{ role: 'assistant', content: '', toolCalls }] }, tokensOf(toolCalls)],
    [
      'pictures, which have no characters',
      {
        messages: [{ role: 'user', content: '', attachments: [{ kind: 'image', mediaType: 'image/png', data: 'x' }] }],
      },
      1_000,
    ],
  ])('counts %s', (_what, changes, tokens) => {
    expect(completeUsage({}, asking(changes), 0).inputTokens).toBe(Math.ceil(tokens));
  });
});
