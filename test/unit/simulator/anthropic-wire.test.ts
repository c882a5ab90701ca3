import Anthropic, { AuthenticationError, NotFoundError } from '@anthropic-ai/sdk';
import { postAnthropic, startTestSimulator } from './harness';
import { passages, sectionPrompt } from './passages';

const prompt = {
  model: 'claude-sonnet-5',
  max_tokens: 1_000,
  messages: [{ role: 'user' as const, content: sectionPrompt }],
};

function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

describe('Anthropic wire format', () => {
  const key = { 'x-api-key': 'key-a' };
  test.each([
    ['a request without a version', key, {}, 'anthropic-version: header is required'],
    [
      'sampling parameters since 2026-10-21',
      { ...key, 'anthropic-version': '2026-10-21' },
      { temperature: 1 },
      'temperature: Extra',
    ],
  ])('refuses %s', async (_name, headers, body, message) => {
    const { url } = await startTestSimulator();
    const response = await postAnthropic(url, body, { headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(message) } });
  });

  test('takes sampling parameters with an older version', async () => {
    const { url } = await startTestSimulator();
    expect((await postAnthropic(url, { temperature: 0.2 })).status).toBe(200);
  });

  test('the SDK reads a plain answer with its usage', async () => {
    const { anthropic } = await startTestSimulator();
    const message = await anthropic.messages.create(prompt);
    expect(textOf(message).length).toBeGreaterThan(50);
    expect(message.stop_reason).toBe('end_turn');
    expect(message.usage.input_tokens).toBeGreaterThan(100);
    expect(message.usage.output_tokens).toBeGreaterThan(10);
    expect(message._request_id).toMatch(/^req_/);
  });

  test('the SDK puts a stream together to the same message', async () => {
    const { anthropic } = await startTestSimulator();
    const whole = await anthropic.messages.create(prompt);
    const streamed = await anthropic.messages.stream(prompt).finalMessage();
    expect(textOf(streamed)).toBe(textOf(whole));
    expect(streamed.stop_reason).toBe('end_turn');
    expect(streamed.usage).toMatchObject({
      input_tokens: whole.usage.input_tokens,
      output_tokens: whole.usage.output_tokens,
    });
  });

  test('the events of a stream come in the provider’s order', async () => {
    const { url } = await startTestSimulator();
    const text = await (await postAnthropic(url, { ...prompt, stream: true })).text();
    const events = [...text.matchAll(/^event: (\w+)$/gm)].map((match) => match[1]);
    const distinct = events.filter((event, index) => event !== events[index - 1]);
    expect(distinct).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  test.each([
    ['max_tokens', 200_000, 7],
    ['model_context_window_exceeded', 400, 1_000],
  ])('an answer that is cut ends with %s', async (stopReason, contextWindow, maxTokens) => {
    const { anthropic } = await startTestSimulator({ anthropic: { contextWindow } });
    const message = await anthropic.messages.create({ ...prompt, max_tokens: maxTokens });
    expect(message.stop_reason).toBe(stopReason);
    expect(message.usage.output_tokens).toBe(Math.min(maxTokens, contextWindow - message.usage.input_tokens));
  });

  test('a structured answer matches the schema and quotes the text', async () => {
    const { anthropic } = await startTestSimulator();
    const schema = {
      type: 'object',
      properties: { quote: { type: 'string' }, chapter: { type: 'integer' } },
      required: ['quote', 'chapter'],
      additionalProperties: false,
    };
    const message = await anthropic.messages.create({
      ...prompt,
      output_config: { format: { type: 'json_schema', schema } },
    });
    const { quote, chapter } = JSON.parse(textOf(message)) as { quote: string; chapter: number };
    expect(passages.find((passage) => passage.chapter === chapter)?.text).toContain(quote);
  });

  test('a wrong key is a 401, an unknown model a 404, in Anthropic form', async () => {
    const { url, anthropic } = await startTestSimulator();
    const stranger = new Anthropic({ apiKey: 'wrong', baseURL: `${url}/a`, maxRetries: 0 });
    const unauthorized: unknown = await stranger.messages.create(prompt).catch((error: unknown) => error);
    expect(unauthorized).toBeInstanceOf(AuthenticationError);
    expect(unauthorized).toMatchObject({ type: 'authentication_error' });
    const unknown: unknown = await anthropic.messages
      .create({ ...prompt, model: 'claude-1' })
      .catch((error: unknown) => error);
    expect(unknown).toBeInstanceOf(NotFoundError);
    expect(unknown).toMatchObject({ type: 'not_found_error' });
  });

  const closed = { type: 'object', additionalProperties: false };
  test.each([
    ['no max_tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
    ['too many max_tokens', { max_tokens: 1_000_000 }, 'maximum allowed number of output tokens'],
    ['no messages', { messages: [] }, 'at least one message'],
    ['an empty message', { messages: [{ role: 'user', content: '' }] }, 'non-empty'],
    ['a system role among the messages', { messages: [{ role: 'system', content: 'x' }] }, "'user' or 'assistant'"],
    [
      'more than the context window',
      { messages: [{ role: 'user', content: 'word '.repeat(300) }] },
      'prompt is too long',
    ],
    ['an open object in the schema', withSchema({ type: 'object' }), "'additionalProperties' must be explicitly set"],
    [
      'bounds in the schema',
      withSchema({ ...closed, properties: { list: { type: 'array', minItems: 3 } } }),
      "'minItems' values other than 0 or 1 are not supported",
    ],
    [
      'string bounds in the schema',
      withSchema({ ...closed, properties: { text: { type: 'string', maxLength: 9 } } }),
      'maxLength are not supported',
    ],
  ])('refuses %s with a 400', async (_name, body, message) => {
    const { url } = await startTestSimulator({ anthropic: { contextWindow: 250 } });
    const response = await postAnthropic(url, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining(message) },
      request_id: response.headers.get('request-id'),
    });
  });
});

function withSchema(schema: object): object {
  return { output_config: { format: { type: 'json_schema', schema } } };
}
