import OpenAI, { AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { postOpenAi, question, startTestSimulator } from './harness';
import { passages, sectionPrompt } from './passages';

const prompt = { ...question, messages: [{ role: 'user' as const, content: sectionPrompt }] };

describe('OpenAI wire format', () => {
  test('the SDK reads a plain answer with its usage', async () => {
    const { openai } = await startTestSimulator();
    const answer = await openai.chat.completions.create(prompt);
    const text = answer.choices[0]?.message.content ?? '';
    expect(text.length).toBeGreaterThan(50);
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer.usage?.total_tokens).toBe(
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
    );
    expect(answer._request_id).toMatch(/^req_/);
  });

  test('the SDK reads a stream: role first, then text, finish reason, and usage in the last chunk', async () => {
    const { openai } = await startTestSimulator();
    const whole = await openai.chat.completions.create(prompt);
    const stream = await openai.chat.completions.create({
      ...prompt,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant', content: '' });
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: whole.usage?.completion_tokens } });
  });

  test('a stream without include_usage has no usage and ends with [DONE]', async () => {
    const { url } = await startTestSimulator();
    const response = await postOpenAi(url, { ...prompt, stream: true });
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(text).not.toContain('"usage"');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('an answer longer than the cap ends with length after exactly that many tokens', async () => {
    const { openai } = await startTestSimulator();
    const answer = await openai.chat.completions.create({ ...prompt, max_completion_tokens: 7 });
    expect(answer.choices[0]?.finish_reason).toBe('length');
    expect(answer.usage?.completion_tokens).toBe(7);
  });

  test('a structured answer matches the schema and quotes the text', async () => {
    const { openai } = await startTestSimulator();
    const schema = {
      type: 'object',
      properties: { quote: { type: 'string' }, chapter: { type: 'integer' } },
      required: ['quote', 'chapter'],
      additionalProperties: false,
    };
    const answer = await openai.chat.completions.create({
      ...prompt,
      response_format: { type: 'json_schema', json_schema: { name: 'citation', schema, strict: true } },
    });
    const { quote, chapter } = JSON.parse(answer.choices[0]?.message.content ?? '') as {
      quote: string;
      chapter: number;
    };
    expect(passages.find((passage) => passage.chapter === chapter)?.text).toContain(quote);
  });

  test('a wrong key is a 401, an unknown model a 404, in OpenAI form', async () => {
    const { url, openai } = await startTestSimulator();
    const stranger = new OpenAI({ apiKey: 'sk-wrong-key', baseURL: `${url}/o/v1`, maxRetries: 0 });
    const unauthorized: unknown = await stranger.chat.completions.create(prompt).catch((error: unknown) => error);
    expect(unauthorized).toBeInstanceOf(AuthenticationError);
    expect(unauthorized).toMatchObject({ code: 'invalid_api_key' });
    const unknown: unknown = await openai.chat.completions
      .create({ ...prompt, model: 'gpt-2' })
      .catch((error: unknown) => error);
    expect(unknown).toBeInstanceOf(NotFoundError);
    expect(unknown).toMatchObject({ code: 'model_not_found' });
  });

  test.each([
    ['no messages', { messages: undefined }, 'missing_required_parameter'],
    ['an empty list of messages', { messages: [] }, 'empty_array'],
    ['an unknown role', { messages: [{ role: 'oracle', content: 'x' }] }, null],
    ['content that is no text', { messages: [{ role: 'user', content: 5 }] }, null],
    ['a cap below 1', { max_completion_tokens: 0 }, null],
    ['a cap beyond the model', { max_completion_tokens: 1_000_000 }, 'invalid_value'],
    ['a temperature for a reasoning model', { temperature: 0.2 }, 'unsupported_value'],
    ['more than the context window', { max_completion_tokens: 100 }, 'context_length_exceeded'],
    [
      'a strict schema with an open object',
      {
        response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: { type: 'object' } } },
      },
      'invalid_json_schema',
    ],
  ])('refuses %s with a 400', async (_name, body, code) => {
    const { url } = await startTestSimulator({ openai: { contextWindow: 60 } });
    const response = await postOpenAi(url, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code } });
  });

  test('refuses what is not JSON, and paths and endpoints that do not exist', async () => {
    const { url, openai } = await startTestSimulator();
    expect((await postOpenAi(url, {}, { body: '{' })).status).toBe(400);
    await expect(openai.models.list()).rejects.toBeInstanceOf(NotFoundError);
    const nowhere = await fetch(`${url}/nowhere/v1/chat/completions`, { method: 'POST' });
    expect(nowhere.status).toBe(404);
    expect(await nowhere.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  test('a request that is well-formed but too strict for the SDK helper still reports the parameter', async () => {
    const { openai } = await startTestSimulator();
    const refused: unknown = await openai.chat.completions
      .create({ ...prompt, messages: [] })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BadRequestError);
    expect(refused).toMatchObject({ param: 'messages' });
  });
});
