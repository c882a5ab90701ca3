import type Anthropic from '@anthropic-ai/sdk';
import { startTestSimulator } from './harness';
import { expectedArguments, parameters, question, result, tools } from './tools';

describe('tool calls in Messages', () => {
  const ask = {
    model: 'claude-sonnet-5',
    max_tokens: 4_000,
    tools: tools.map((tool) => ({ ...tool, input_schema: parameters })),
    messages: [{ role: 'user' as const, content: question }],
  };
  const useIn = (message: Anthropic.Message): Anthropic.ToolUseBlock => {
    const use = message.content.find((block) => block.type === 'tool_use');
    if (use === undefined) throw new Error('there is no call');
    return use;
  };
  const withResult = (message: Pick<Anthropic.Message, 'content'>, id: string): Anthropic.MessageParam[] => [
    ...ask.messages,
    { role: 'assistant', content: message.content as Anthropic.ContentBlockParam[] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: result }] },
  ];

  test('a tool is used, whole and streamed alike, and answered about', async () => {
    const { anthropic } = await startTestSimulator();
    const whole = await anthropic.messages.create(ask);
    expect(whole.stop_reason).toBe('tool_use');
    const use = useIn(whole);
    expect(use).toMatchObject({ name: 'get_weather', input: expectedArguments });
    expect(useIn(await anthropic.messages.stream(ask).finalMessage()).input).toEqual(use.input);
    const answer = await anthropic.messages.create({ ...ask, messages: withResult(whole, use.id) });
    expect(answer.stop_reason).toBe('end_turn');
    expect(JSON.stringify(answer.content)).toContain('The tool get_weather says');
  });

  describe('with thinking', () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 1_024 };

    test('the thinking comes before the call, signed, and goes back with the result', async () => {
      const { anthropic } = await startTestSimulator();
      const whole = await anthropic.messages.create({ ...ask, thinking });
      const streamed = await anthropic.messages.stream({ ...ask, thinking }).finalMessage();
      expect(streamed.content.map((block) => block.type)).toEqual(['thinking', 'tool_use']);
      expect(streamed.content[0]).toEqual(whole.content[0]);
      expect(whole.usage.output_tokens_details?.thinking_tokens).toBe(64);
      const answer = await anthropic.messages.create({
        ...ask,
        thinking,
        messages: withResult(whole, useIn(whole).id),
      });
      expect(answer.stop_reason).toBe('end_turn');
    });

    test.each([
      ['is left out', (): undefined => undefined, 'must start with a thinking block'],
      ['is changed', (block: object) => ({ ...block, thinking: 'Something else.' }), 'Invalid `signature`'],
      ['has lost its signature', (block: object) => ({ ...block, signature: '' }), 'Invalid `signature`'],
    ])('is refused when it %s', async (_name, change, message) => {
      const { anthropic } = await startTestSimulator();
      const whole = await anthropic.messages.create({ ...ask, thinking });
      const [first, ...rest] = whole.content;
      const changed = [change(first ?? {}), ...rest].filter((block) => block !== undefined) as Anthropic.ContentBlock[];
      const sent = anthropic.messages.create({
        ...ask,
        thinking,
        messages: withResult({ content: changed }, useIn(whole).id),
      });
      await expect(sent).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) });
    });
  });

  test.each([
    [
      'a use without a result',
      [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
        { role: 'user', content: 'y' },
      ],
      'without `tool_result` blocks',
    ],
    [
      'a result without a use',
      [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'x' }] }],
      'unexpected `tool_use_id`',
    ],
    [
      'an input that is no object',
      [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: '{}' }] },
      ],
      'Input should be a valid dictionary',
    ],
  ])('refuses %s', async (_name, messages, message) => {
    const { anthropic } = await startTestSimulator();
    const sent = anthropic.messages.create({ ...ask, messages: messages as Anthropic.MessageParam[] });
    await expect(sent).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });
});
