import type Anthropic from '@anthropic-ai/sdk';
import { postOpenAi, startTestSimulator } from './harness';
import { sectionPrompt } from './passages';

const messages = [{ role: 'user' as const, content: sectionPrompt }];

describe('reasoning at OpenAI', () => {
  test.each([
    ['gpt-5', undefined, 0],
    ['gpt-5', 'low', 32],
    ['gpt-5', 'high', 256],
    ['o3', undefined, 96],
    ['o3', 'none', 0],
  ] as const)('%s with effort %s thinks for %d tokens', async (model, effort, tokens) => {
    const { openai } = await startTestSimulator({ openai: { models: [model] } });
    const chat = await openai.chat.completions.create({ model, messages, reasoning_effort: effort ?? null });
    const response = await openai.responses.create({
      model,
      input: sectionPrompt,
      reasoning: { effort: effort ?? null },
    });
    expect(chat.usage?.completion_tokens_details?.reasoning_tokens).toBe(tokens);
    expect(response.usage?.output_tokens_details.reasoning_tokens).toBe(tokens);
    expect(response.usage?.output_tokens).toBe(chat.usage?.completion_tokens);
    expect(response.output.map((item) => item.type)).toEqual(tokens === 0 ? ['message'] : ['reasoning', 'message']);
  });

  test('it is silent, then the answer comes: reasoning has events of its own and no text', async () => {
    const { openai } = await startTestSimulator();
    const types: string[] = [];
    const stream = await openai.responses.create({
      model: 'gpt-5',
      input: sectionPrompt,
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
      stream: true,
    });
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === 'response.completed') {
        expect(event.response.output[0]).toMatchObject({
          type: 'reasoning',
          summary: [{ type: 'summary_text' }],
          encrypted_content: expect.any(String),
        });
      }
    }
    expect(types.indexOf('response.reasoning_summary_text.delta')).toBeGreaterThan(0);
    expect(types.indexOf('response.output_text.delta')).toBeGreaterThan(types.indexOf('response.output_item.done'));
  });

  test('takes the time of its tokens before the first content', async () => {
    const { openai, control } = await startTestSimulator({
      openai: { latency: { firstTokenMs: 0, sigma: 0, tokensPerSecond: 1_000 } },
    });
    const startedMs = performance.now();
    const stream = await openai.chat.completions.create({
      model: 'gpt-5',
      messages,
      reasoning_effort: 'medium',
      max_completion_tokens: 120,
      stream: true,
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(90);
    expect((await control.ledger())[0]?.outputTokens).toBeGreaterThanOrEqual(96);
  });

  test('what it thinks counts against the cap and the limits: nothing may be left to say', async () => {
    const { openai, control } = await startTestSimulator({ openai: { limits: { outputTpm: 1_000 } } });
    const { choices, usage } = await openai.chat.completions.create({
      model: 'gpt-5',
      messages,
      reasoning_effort: 'high',
      max_completion_tokens: 100,
    });
    expect(choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '' } });
    expect(usage).toMatchObject({ completion_tokens: 100, completion_tokens_details: { reasoning_tokens: 100 } });
    expect((await control.ledger())[0]).toMatchObject({ outputTokens: 100 });
  });

  test.each([
    ['gpt-5', { temperature: 0.5 }, 'unsupported_value'],
    ['gpt-5', { top_p: 0.5 }, 'unsupported_value'],
    ['gpt-5', { temperature: 1 }, undefined],
    ['gpt-5', { reasoning_effort: 'enormous' }, 'invalid_value'],
    ['gpt-5-chat', { temperature: 0.5 }, undefined],
    ['gpt-5-chat', { reasoning_effort: 'low' }, 'unsupported_parameter'],
    ['o3', { temperature: 0 }, 'unsupported_value'],
  ])('%s with %j is refused as %s', async (model, body, code) => {
    const { url } = await startTestSimulator({ openai: { models: [model] } });
    const response = await postOpenAi(url, { model, ...body });
    expect(response.status).toBe(code === undefined ? 200 : 400);
    if (code !== undefined) expect(await response.json()).toMatchObject({ error: { code } });
  });
});

describe('thinking at Anthropic', () => {
  const call = { model: 'claude-sonnet-5', max_tokens: 4_000, messages };

  test.each([
    ['a budget', { thinking: { type: 'enabled', budget_tokens: 2_048 } }, 128],
    ['adaptive', { thinking: { type: 'adaptive' } }, 256],
    ['adaptive, low effort', { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, 32],
    ['disabled', { thinking: { type: 'disabled' } }, undefined],
  ] as const)('%s', async (_name, body, tokens) => {
    const { anthropic } = await startTestSimulator();
    const message = await anthropic.messages.stream({ ...call, ...body }).finalMessage();
    const whole = await anthropic.messages.create({ ...call, ...body } as Anthropic.MessageCreateParamsNonStreaming);
    expect(message.usage.output_tokens_details?.thinking_tokens).toBe(tokens);
    expect(message.content.map((block) => block.type)).toEqual(tokens === undefined ? ['text'] : ['thinking', 'text']);
    expect(message.content).toEqual(whole.content);
    expect(message.usage.output_tokens).toBe(whole.usage.output_tokens);
  });

  test('omitted, it is a signature without words', async () => {
    const { anthropic } = await startTestSimulator();
    const message = await anthropic.messages.create({ ...call, thinking: { type: 'adaptive', display: 'omitted' } });
    expect(message.content[0]).toEqual({ type: 'thinking', thinking: '', signature: expect.stringMatching(/.{20}/) });
  });

  test.each([
    [{ thinking: { type: 'enabled', budget_tokens: 100 } }, 'greater than or equal to 1024'],
    [{ thinking: { type: 'enabled', budget_tokens: 4_000 } }, '`max_tokens` must be greater'],
    [{ thinking: { type: 'enabled', budget_tokens: 1_024 }, tool_choice: { type: 'any' } }, 'forces tool use'],
    [{ thinking: { type: 'deep' } }, 'Input tag does not match'],
    [{ output_config: { effort: 'minimal' } }, 'output_config.effort'],
  ])('refuses %j', async (body, message) => {
    const { anthropic } = await startTestSimulator();
    const sent = anthropic.messages.create({ ...call, ...body } as Anthropic.MessageCreateParamsNonStreaming);
    await expect(sent).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });
});

describe('thinking at Gemini', () => {
  test.each([
    [undefined, undefined],
    [{ thinkingBudget: 0 }, undefined],
    [{ thinkingBudget: 1_600 }, 100],
    [{ thinkingBudget: -1 }, 96],
    [{ thinkingLevel: 'HIGH' }, 256],
  ])('%j thinks for %s tokens, counted beside the answer', async (thinkingConfig, tokens) => {
    const { gemini } = await startTestSimulator();
    const config = { ...(thinkingConfig && { thinkingConfig: thinkingConfig as { thinkingBudget: number } }) };
    const { usageMetadata: usage, text } = await gemini.models.generateContent({
      model: 'gemini-3-flash',
      contents: sectionPrompt,
      config,
    });
    expect(text?.length).toBeGreaterThan(50);
    expect(usage?.thoughtsTokenCount).toBe(tokens);
    const sum = (usage?.promptTokenCount ?? 0) + (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0);
    expect(usage?.totalTokenCount).toBe(sum);
  });

  test('shows its thoughts only when asked, apart from the answer', async () => {
    const { gemini } = await startTestSimulator();
    const ask = { model: 'gemini-3-flash', contents: sectionPrompt };
    const thinkingConfig = { thinkingBudget: 1_600, includeThoughts: true };
    const shown = await gemini.models.generateContent({ ...ask, config: { thinkingConfig } });
    const parts = shown.candidates?.[0]?.content?.parts ?? [];
    expect(parts[0]).toMatchObject({ thought: true });
    expect(parts.at(-1)).toEqual({ text: '', thoughtSignature: expect.any(String) });
    expect(shown.text).toBe((await gemini.models.generateContent(ask)).text);
  });
});
