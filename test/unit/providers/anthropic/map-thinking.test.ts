import type { ModelMessage } from '../../../../src/contracts/model';
import { reasoningEfforts } from '../../../../src/contracts/settings';
import type { ReasoningEffort } from '../../../../src/contracts/settings';
import { mapThinking } from '../../../../src/providers/anthropic/map-thinking';
import { carry } from '../../../../src/providers/carried';
import { anthropic, endpointOf } from '../dialects';

const question: ModelMessage = { role: 'user', content: 'One?' };

function think(
  model: string,
  reasoningEffort: ReasoningEffort | undefined,
  { maxTokens = 10_000, messages = [question] }: { maxTokens?: number; messages?: readonly ModelMessage[] } = {},
): unknown {
  const parameters = { maxOutputTokens: maxTokens, ...(reasoningEffort === undefined ? {} : { reasoningEffort }) };
  const endpoint = { ...endpointOf(anthropic, ''), model };
  return mapThinking({ model, messages, parameters }, endpoint, maxTokens);
}

const adaptive = { type: 'adaptive', display: 'omitted' };
const budgetOf = (budget: number): unknown => ({
  thinking: { type: 'enabled', budget_tokens: budget, display: 'omitted' },
});

const ofBudget = [
  'claude-3-7-sonnet-20250219',
  'claude-sonnet-4-20250514',
  'claude-opus-4-0',
  'claude-opus-4-1-20250805',
  'claude-haiku-4-5',
  'claude-opus-4-5-20251101',
];
const adaptiveModels = [
  'claude-opus-4-6',
  'claude-sonnet-4-6',
  'claude-opus-4-8',
  'claude-sonnet-5',
  'claude-opus-5-5',
  'claude-fable-5-1',
  'claude-something-9',
];

describe('mapThinking of anthropic', () => {
  test.each(adaptiveModels)('steers %s by its effort', (model) => {
    expect(think(model, 'minimal')).toEqual({ thinking: adaptive, effort: 'low' });
    expect(think(model, 'low')).toEqual({ thinking: adaptive, effort: 'low' });
    expect(think(model, 'medium')).toEqual({ thinking: adaptive, effort: 'medium' });
    expect(think(model, 'high')).toEqual({ thinking: adaptive, effort: 'high' });
  });

  test.each(ofBudget)('gives %s a budget out of its output, never less than the API takes', (model) => {
    expect(think(model, 'minimal')).toEqual(budgetOf(1_024));
    expect(think(model, 'low')).toEqual(budgetOf(2_000));
    expect(think(model, 'medium')).toEqual(budgetOf(5_000));
    expect(think(model, 'high')).toEqual(budgetOf(8_000));
  });

  test('leaves room for the answer, or does without', () => {
    expect(think('claude-haiku-4-5', 'high', { maxTokens: 1_280 })).toEqual(budgetOf(1_024));
    expect(think('claude-haiku-4-5', 'high', { maxTokens: 1_279 })).toEqual({});
  });

  test.each([
    ['claude-haiku-4-5', {}],
    ['claude-opus-4-6', {}],
    ['claude-opus-4-8', {}],
    ['claude-opus-5', { thinking: { type: 'disabled' } }],
    ['claude-sonnet-5', { thinking: { type: 'disabled' } }],
    ['claude-haiku-5-5', { thinking: { type: 'disabled' } }],
    ['claude-sonnet-5-5', { thinking: { type: 'between_tools' } }],
    ['claude-opus-5-5', { effort: 'low' }],
    ['claude-fable-5', { effort: 'low' }],
    ['claude-something-9', { effort: 'low' }],
  ])('turns %s off as far as it can be', (model, expected) => {
    expect(think(model, 'none')).toEqual(expected);
  });

  test.each(reasoningEfforts)('says nothing of %s to a model that cannot think', (effort) => {
    expect(think('claude-3-5-haiku-20241022', effort)).toEqual({});
  });

  test('says nothing when nothing is asked for', () => {
    for (const model of [...ofBudget, ...adaptiveModels]) expect(think(model, undefined)).toEqual({});
  });

  test('gives no budget when tool calls were made without its thinking: that would be a 400', () => {
    const endpoint = { ...endpointOf(anthropic, ''), model: 'claude-haiku-4-5' };
    const toolCalls = [{ id: 'toolu_1', name: 'search', arguments: {} }];
    const calling: ModelMessage = { role: 'assistant', content: '', toolCalls };
    const result: ModelMessage = { role: 'tool', toolCallId: 'toolu_1', name: 'search', content: 'ok' };
    const own = { ...calling, carried: carry(endpoint, [{ type: 'thinking', thinking: '', signature: 'c2ln' }]) };
    const signed = { ...calling, carried: carry(endpoint, [{ type: 'tool_use', id: 'toolu_1' }]) };

    expect(think('claude-haiku-4-5', 'low', { messages: [question, calling, result] })).toEqual({});
    expect(think('claude-haiku-4-5', 'low', { messages: [question, signed, result] })).toEqual({});
    expect(think('claude-haiku-4-5', 'low', { messages: [question, own, result] })).toEqual(budgetOf(2_000));
    expect(think('claude-haiku-4-5', 'low', { messages: [question, own, result, calling, result] })).toEqual({});
    expect(think('claude-sonnet-5', 'low', { messages: [question, calling, result] })).toMatchObject({ effort: 'low' });
  });
});
