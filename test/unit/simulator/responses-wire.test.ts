import type OpenAI from 'openai';
import { APIError, BadRequestError, NotFoundError } from 'openai';
import { startTestSimulator } from './harness';
import { passages, sectionPrompt } from './passages';

const prompt = { model: 'gpt-5', input: sectionPrompt };
type Event = OpenAI.Responses.ResponseStreamEvent;

async function readEvents(stream: AsyncIterable<Event>): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe('OpenAI Responses', () => {
  test('the SDK reads a whole answer with its usage', async () => {
    const { openai } = await startTestSimulator();
    const response = await openai.responses.create(prompt);
    expect(response).toMatchObject({ object: 'response', status: 'completed', error: null, incomplete_details: null });
    expect(response.id).toMatch(/^resp_/);
    expect(response.output_text.length).toBeGreaterThan(50);
    const { input_tokens: input, output_tokens: output, total_tokens: total } = response.usage ?? {};
    expect(total).toBe((input ?? 0) + (output ?? 0));
    expect(response._request_id).toMatch(/^req_/);
  });

  test('says the same as Chat Completions to the same question', async () => {
    const { openai } = await startTestSimulator();
    const chat = await openai.chat.completions.create({
      model: 'gpt-5',
      messages: [{ role: 'user', content: sectionPrompt }],
    });
    const response = await openai.responses.create(prompt);
    expect(response.output_text).toBe(chat.choices[0]?.message.content);
    expect(response.usage?.input_tokens).toBe(chat.usage?.prompt_tokens);
  });

  test('the SDK puts a stream together to the same response', async () => {
    const { openai } = await startTestSimulator();
    const whole = await openai.responses.create(prompt);
    const streamed = await openai.responses.stream(prompt).finalResponse();
    expect(streamed.output_text).toBe(whole.output_text);
    expect(streamed.usage).toEqual(whole.usage);
    expect(streamed.status).toBe('completed');
  });

  test('the events of a stream come in order, numbered without a gap', async () => {
    const { openai } = await startTestSimulator();
    const events = await readEvents(await openai.responses.create({ ...prompt, stream: true }));
    const distinct = events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
    expect(distinct).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_event, index) => index));
  });

  test('a structured answer matches the schema and quotes the text', async () => {
    const { openai } = await startTestSimulator();
    const schema = {
      type: 'object',
      properties: { quote: { type: 'string' }, chapter: { type: 'integer' } },
      required: ['quote', 'chapter'],
      additionalProperties: false,
    };
    const response = await openai.responses.create({
      ...prompt,
      text: { format: { type: 'json_schema', name: 'citation', schema, strict: true } },
    });
    const { quote, chapter } = JSON.parse(response.output_text) as { quote: string; chapter: number };
    expect(passages.find((passage) => passage.chapter === chapter)?.text).toContain(quote);
  });

  test('an answer at its cap is incomplete and ends with its own event', async () => {
    const { openai } = await startTestSimulator();
    const events = await readEvents(await openai.responses.create({ ...prompt, max_output_tokens: 16, stream: true }));
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: {
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        usage: { output_tokens: 16 },
        output: [{ type: 'message', status: 'incomplete' }],
      },
    });
  });

  test('reads messages of every role', async () => {
    const { openai } = await startTestSimulator();
    const response = await openai.responses.create({
      model: 'gpt-5',
      instructions: 'Be brief.',
      input: [
        { role: 'developer', content: 'Quote.' },
        { role: 'user', content: [{ type: 'input_text', text: sectionPrompt }] },
        { role: 'assistant', content: 'Which section?' },
        { role: 'user', content: 'The first.' },
      ],
    });
    expect(response).toMatchObject({ status: 'completed', instructions: 'Be brief.' });
  });

  test.each([
    ['no input', { input: undefined }, 'input', 'missing_required_parameter'],
    ['a seed', { seed: 1 }, 'seed', 'unknown_parameter'],
    ['the parameters of chat', { messages: [] }, 'messages', 'unknown_parameter'],
    ['a temperature for a reasoning model', { temperature: 0.2 }, 'temperature', 'unsupported_parameter'],
    [
      'an effort for a model that does not reason',
      chatModel({ reasoning: { effort: 'low' } }),
      'reasoning.effort',
      'unsupported_parameter',
    ],
    ['an effort that does not exist', { reasoning: { effort: 'huge' } }, 'reasoning.effort', 'invalid_value'],
    ['background without store', { background: true, store: false }, 'background', null],
    [
      'a response before this one',
      { previous_response_id: 'resp_1' },
      'previous_response_id',
      'previous_response_not_found',
    ],
    [
      'a schema without a name',
      { text: { format: { type: 'json_schema', schema: {} } } },
      'text.format.name',
      'invalid_value',
    ],
    ['more than the context window', { input: 'word '.repeat(300) }, 'input', 'context_length_exceeded'],
    [
      'a result nobody asked for',
      { input: [{ type: 'function_call_output', call_id: 'x', output: '1' }] },
      'input',
      null,
    ],
    [
      'a call without a result',
      { input: [{ type: 'function_call', call_id: 'x', name: 'f', arguments: '{}' }] },
      'input',
      null,
    ],
    [
      'an image that is none',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,?' }] }] },
      'input[0].content[0]',
      'invalid_base64_image',
    ],
  ])('refuses %s with a 400', async (_name, body, param, code) => {
    const { openai } = await startTestSimulator({ openai: { contextWindow: 250, models: ['gpt-5', 'gpt-4.1'] } });
    const sent = {
      model: 'gpt-5',
      input: 'x',
      ...body,
    } as OpenAI.Responses.ResponseCreateParamsNonStreaming;
    const error: unknown = await openai.responses.create(sent).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ type: 'invalid_request_error', param, code });
  });

  test('an unknown model is a 404', async () => {
    const { openai } = await startTestSimulator();
    const error: unknown = await openai.responses
      .create({ ...prompt, model: 'gpt-2' })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: 'model_not_found' });
  });

  test('a refusal has a part and events of its own', async () => {
    const { openai, control } = await startTestSimulator();
    await control.addFault({ kind: 'refusal' });
    const events = await readEvents(await openai.responses.create({ ...prompt, stream: true }));
    const refused = events.flatMap((event) => (event.type === 'response.refusal.delta' ? [event.delta] : [])).join('');
    expect(refused).toContain("can't help");
    expect(events.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { output: [{ content: [{ type: 'refusal', refusal: refused }] }] },
    });
  });

  test('an error in mid-stream comes as an event that the SDK throws', async () => {
    const { openai, control } = await startTestSimulator();
    await control.addFault({ kind: 'errorEvent', code: 'server_error' });
    const read = readEvents(await openai.responses.create({ ...prompt, stream: true }));
    const error: unknown = await read.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code: 'server_error' });
  });
});

function chatModel(body: object): object {
  return { model: 'gpt-4.1', ...body };
}
