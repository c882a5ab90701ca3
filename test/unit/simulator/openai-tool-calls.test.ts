import type OpenAI from 'openai';
import { startTestSimulator } from './harness';
import { expectedArguments, parameters, question, result, tools } from './tools';

const chatTools = tools.map((tool) => ({ type: 'function' as const, function: { ...tool, parameters } }));
const chat = { model: 'gpt-5', tools: chatTools };
const responses = {
  model: 'gpt-5',
  tools: tools.map((tool) => ({ ...tool, type: 'function' as const, parameters, strict: true })),
};

describe('tool calls in Chat Completions', () => {
  const ask = { ...chat, messages: [{ role: 'user' as const, content: question }] };

  test('the nearest tool is called, whole and streamed alike, and then answered about', async () => {
    const { openai } = await startTestSimulator();
    const whole = (await openai.chat.completions.create(ask)).choices[0];
    expect(whole).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    const [call] = whole?.message.tool_calls ?? [];
    if (call?.type !== 'function') throw new Error('there is no call');
    expect(call.function.name).toBe('get_weather');
    expect(JSON.parse(call.function.arguments)).toEqual(expectedArguments);
    const streamed = await openai.chat.completions.stream(ask).finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: call.function });
    const answer = await openai.chat.completions.create({
      ...chat,
      messages: [...ask.messages, whole?.message as OpenAI.ChatCompletionMessage, tool(call.id)],
    });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringContaining(`The tool get_weather says: ${result}`) },
    });
  });

  const tool = (id: string): OpenAI.ChatCompletionToolMessageParam => ({
    role: 'tool',
    tool_call_id: id,
    content: result,
  });

  test('arguments are streamed in pieces', async () => {
    const { openai } = await startTestSimulator();
    let pieces = 0;
    for await (const chunk of await openai.chat.completions.create({ ...ask, stream: true })) {
      pieces += chunk.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ? 1 : 0;
    }
    expect(pieces).toBeGreaterThan(1);
  });

  test.each([
    ['[[no tools]]', 'stop', 'stop'],
    ['[[loop tools]]', 'tool_calls', 'tool_calls'],
  ])('%s in the last message: %s, and after a result %s', async (marker, first, second) => {
    const { openai } = await startTestSimulator();
    const messages = [{ role: 'user' as const, content: `${question} ${marker}` }];
    const answer = await openai.chat.completions.create({ ...chat, messages });
    expect(answer.choices[0]?.finish_reason).toBe(first);
    const called = { id: 'call_1', type: 'function' as const, function: { name: 'get_weather', arguments: '{}' } };
    const later = await openai.chat.completions.create({
      ...chat,
      messages: [...messages, { role: 'assistant', tool_calls: [called] }, tool('call_1')],
    });
    expect(later.choices[0]?.finish_reason).toBe(second);
  });

  test.each([
    ['none', undefined],
    ['required', 'get_weather'],
    [{ type: 'function' as const, function: { name: 'search_books' } }, 'search_books'],
  ])('tool_choice %j calls %s', async (toolChoice, name) => {
    const { openai } = await startTestSimulator();
    const { choices } = await openai.chat.completions.create({ ...ask, tool_choice: toolChoice as 'none' });
    const [call] = choices[0]?.message.tool_calls ?? [];
    expect(call?.type === 'function' ? call.function.name : undefined).toBe(name);
  });

  test('a call cut by the cap ends with length and arguments that are not whole', async () => {
    const { openai } = await startTestSimulator();
    const { choices, usage } = await openai.chat.completions.create({ ...ask, max_completion_tokens: 4 });
    const [call] = choices[0]?.message.tool_calls ?? [];
    expect(choices[0]?.finish_reason).toBe('length');
    expect(usage?.completion_tokens).toBe(4);
    expect(() => JSON.parse(call?.type === 'function' ? call.function.arguments : '{}') as unknown).toThrow(
      SyntaxError,
    );
  });

  test.each([
    [
      'a call without a result',
      [{ role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] }],
      'did not have response messages',
    ],
    [
      'a result without a call',
      [
        { role: 'user', content: 'x' },
        { role: 'tool', tool_call_id: 'a', content: 'x' },
      ],
      'must be a response to a preceeding message',
    ],
  ])('refuses %s', async (_name, messages, message) => {
    const { openai } = await startTestSimulator();
    const sent = openai.chat.completions.create({ ...chat, messages: messages as OpenAI.ChatCompletionMessageParam[] });
    await expect(sent).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });
});

describe('tool calls in Responses', () => {
  const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: question }];

  test('a function is called, streamed in pieces, and answered about', async () => {
    const { openai } = await startTestSimulator();
    const types: string[] = [];
    const stream = openai.responses.stream({ ...responses, input });
    for await (const event of stream) types.push(event.type);
    expect(types.filter((type) => type === 'response.function_call_arguments.delta').length).toBeGreaterThan(1);
    expect(types).toContain('response.function_call_arguments.done');
    const called = await stream.finalResponse();
    const [call] = called.output;
    if (call?.type !== 'function_call') throw new Error('there is no call');
    expect(call).toMatchObject({ name: 'get_weather', status: 'completed' });
    expect(JSON.parse(call.arguments)).toEqual(expectedArguments);
    const answer = await openai.responses.create({
      ...responses,
      input: [
        ...input,
        { type: 'function_call', call_id: call.call_id, name: call.name, arguments: call.arguments },
        { type: 'function_call_output', call_id: call.call_id, output: result },
      ],
    });
    expect(answer.output_text).toContain('The tool get_weather says');
  });

  test('the answer can be structured, and mentions the result', async () => {
    const { openai } = await startTestSimulator();
    const schema = {
      type: 'object',
      properties: { summary: { type: 'string' } },
      required: ['summary'],
      additionalProperties: false,
    };
    const answer = await openai.responses.create({
      ...responses,
      text: { format: { type: 'json_schema', name: 'forecast', schema, strict: true } },
      input: [
        ...input,
        { type: 'function_call', call_id: 'c', name: 'get_weather', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'Clear skies.' },
      ],
    });
    expect(JSON.parse(answer.output_text)).toEqual({ summary: expect.stringContaining('Clear skies.') });
  });
});
