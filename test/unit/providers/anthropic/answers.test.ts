/** What only Anthropic's streams have: blocks of thinking and tool calls, and stop reasons of its own. */
import type { ModelAnswer } from '../../../../src/contracts/model';
import { SealedClient } from '../../../../src/providers/anthropic/sealed-client';
import { carry } from '../../../../src/providers/carried';
import { anthropic, apiKey, callOf, endpointOf, failureOf, providerOf } from '../dialects';
import { status, streaming, WireServer } from '../wire-server';

let server: WireServer;
beforeAll(async () => void (server = await WireServer.start()));
afterAll(() => server.stop());

const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const start = event('message_start', {
  message: { model: 'claude-sonnet-5', usage: { input_tokens: 40, cache_creation_input_tokens: 16 } },
});
const block = (index: number, content_block: object, ...deltas: readonly object[]): string =>
  event('content_block_start', { index, content_block }) +
  deltas.map((delta) => event('content_block_delta', { index, delta })).join('') +
  event('content_block_stop', { index });
const text = (index: number, words: string): string =>
  block(index, { type: 'text', text: '' }, { type: 'text_delta', text: words });
const toolUse = (index: number, id: string, ...pieces: readonly string[]): string =>
  block(
    index,
    { type: 'tool_use', id, name: 'search', input: {} },
    ...pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
  );
const thinking = (index: number, signature: string): string =>
  block(
    index,
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'thinking_delta', thinking: 'hm' },
    { type: 'thinking_delta', thinking: 'm' },
    { type: 'signature_delta', signature },
  );
const stop = (reason: string, usage: object = { output_tokens: 30 }): string =>
  event('message_delta', { delta: { stop_reason: reason }, usage }) + event('message_stop', {});

const answer = (...parts: readonly string[]): Promise<ModelAnswer> => {
  server.answerWith(streaming(start, ...parts));
  return providerOf(anthropic, server.url).call(callOf());
};

describe('an answer of anthropic', () => {
  test('has tool calls whose arguments came in pieces, or not at all', async () => {
    const {
      toolCalls,
      finishReason,
      text: said,
    } = await answer(
      text(0, 'Let me look.'),
      toolUse(1, 'toolu_1', '', '{"query": "a\\ud8', '00b", "n": [1', ', 2]}'),
      toolUse(2, 'toolu_2'),
      stop('tool_use'),
    );
    expect({ toolCalls, finishReason, said }).toEqual({
      finishReason: 'toolCalls',
      said: 'Let me look.',
      toolCalls: [
        { id: 'toolu_1', name: 'search', arguments: { query: 'a\ufffdb', n: [1, 2] } },
        { id: 'toolu_2', name: 'search', arguments: {} },
      ],
    });
  });

  test('takes the arguments of a call that came whole', async () => {
    const call = { type: 'tool_use', id: 'toolu_1', name: 'search', input: { query: 'a' } };
    const { toolCalls } = await answer(block(0, call), stop('tool_use'));
    expect(toolCalls?.[0]?.arguments).toEqual({ query: 'a' });
  });

  test('carries its thinking, and the place of everything else, beside tool calls', async () => {
    const { carried } = await answer(
      thinking(0, 'c2ln'),
      text(1, 'One.'),
      block(2, { type: 'redacted_thinking', data: 'ZGF0YQ==' }),
      toolUse(3, 'toolu_1', '{}'),
      block(4, { type: 'a_block_of_next_year' }),
      stop('tool_use'),
    );
    expect(carried).toEqual(
      carry(endpointOf(anthropic, server.url), [
        { type: 'thinking', thinking: 'hmm', signature: 'c2ln' },
        { type: 'text', length: 4 },
        { type: 'redacted_thinking', data: 'ZGF0YQ==' },
        { type: 'tool_use', id: 'toolu_1' },
      ]),
    );
  });

  test('carries nothing without thinking, and nothing without tool calls', async () => {
    expect(await answer(text(0, 'One.'), toolUse(1, 'toolu_1'), stop('tool_use'))).not.toHaveProperty('carried');
    expect(await answer(thinking(0, 'c2ln'), text(1, 'One.'), stop('end_turn'))).not.toHaveProperty('carried');
  });

  test('counts all parts of the input, and the thinking within the output', async () => {
    const usage = {
      input_tokens: 50,
      cache_read_input_tokens: 64,
      output_tokens: 30,
      output_tokens_details: { thinking_tokens: 20 },
    };
    expect((await answer(text(0, 'One.'), stop('end_turn', usage))).usage).toEqual({
      // 50 uncached, 64 read, 16 written.
      inputTokens: 130,
      cachedInputTokens: 64,
      outputTokens: 30,
      reasoningTokens: 20,
    });
  });

  test.each([
    ['tool_use', '{"query": "a', 'Llm.OutputInvalid', 'called search with arguments that are not a JSON object'],
    ['tool_use', '["a"]', 'Llm.OutputInvalid', 'called search with arguments that are not a JSON object'],
    ['max_tokens', '{"query": "a', 'Llm.OutputCut', 'reached its token limit within the arguments for search'],
    ['refusal', '{"query": "a', 'Llm.ContentFiltered', 'refused the answer for its content policy (refusal)'],
    ['pause_turn', '{}', 'Llm.Truncated', 'broke its answer off before the end'],
  ])('with stop reason %s and arguments %j is %s', async (reason, json, type, message) => {
    const failure = await failureOf(answer(text(0, 'One.'), toolUse(1, 'toolu_1', json), stop(reason)));
    expect(failure).toMatchObject({ type, message: `anthropic-eastus ${message}` });
  });

  test('never has the tool calls of one that was cut', async () => {
    const cut = await answer(text(0, 'One.'), toolUse(1, 'toolu_1', '{}'), stop('max_tokens'));
    expect(cut).toMatchObject({ text: 'One.', finishReason: 'maxTokens' });
    expect(cut).not.toHaveProperty('toolCalls');
  });

  test.each(['end_turn', 'a_reason_of_next_year'])(
    'has its whole tool calls also when it ends with %s',
    async (reason) => {
      const called = await answer(thinking(0, 'c2ln'), toolUse(1, 'toolu_1', '{}'), stop(reason));
      expect(called).toMatchObject({ finishReason: 'toolCalls', toolCalls: [{ id: 'toolu_1', arguments: {} }] });
      expect(called).toHaveProperty('carried');
    },
  );

  test('is over with its last event, whatever comes behind it', async () => {
    const whole = text(0, 'One.') + stop('end_turn') + text(1, ' Two.') + stop('max_tokens');
    expect(await answer(whole)).toMatchObject({ text: 'One.', finishReason: 'stop' });
  });

  test('that stops for a tool without naming one is nothing but its text', async () => {
    expect(await answer(text(0, 'One.'), stop('tool_use'))).toMatchObject({ text: 'One.', finishReason: 'other' });
  });
});

describe('SealedClient of anthropic', () => {
  test('lets no header of the environment replace the key or the version, or come along', async () => {
    const headersSent = async (environment: Record<string, string>) => {
      const restore = { ...process.env };
      Object.assign(process.env, environment);
      try {
        await answer(text(0, 'One.'), stop('end_turn'));
        return server.requests[0]?.headers;
      } finally {
        process.env = restore;
      }
    };
    const custom = 'Authorization: Bearer foreign\nanthropic-version: 2023-06-01\nx-foreign: foreign';
    const sent = await headersSent({ ANTHROPIC_CUSTOM_HEADERS: custom, ANTHROPIC_AUTH_TOKEN: 'foreign' });
    expect(sent).toEqual({ ...(await headersSent({})), 'x-stainless-timeout': sent?.['x-stainless-timeout'] });
    expect(JSON.stringify(sent)).not.toContain('foreign');
  });

  test('says the API version that the SDK itself says', async () => {
    const Plain = Object.getPrototypeOf(SealedClient) as typeof SealedClient;
    server.answerWith(status(400, {}));
    const plain = new Plain({ apiKey, baseURL: server.url, maxRetries: 0, logLevel: 'off' });
    const body = { model: 'm', max_tokens: 1, messages: [] };
    await failureOf(plain.messages.create(body));
    await failureOf(SealedClient.open({ apiKey, baseURL: server.url }).messages.create(body));
    const [own, sealed] = server.requests.map(({ headers }) => headers['anthropic-version']);
    expect(sealed).toBe(own);
  });
});
