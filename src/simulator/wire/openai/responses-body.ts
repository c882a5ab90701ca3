/** The response object: what a whole answer is, and what an unfinished one says of itself. */
import { createHash } from 'node:crypto';
import { outputTokensOf, textOf, thought } from '../answer';
import type { Answer, AnswerToolCall } from '../answer';
import type { ProviderError } from '../provider-error';
import type { ModelCall } from '../wire-format';

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

interface Item<T extends string, W> {
  readonly type: T;
  /** As it stands in `output`. */
  readonly wire: W;
}

export type ReasoningItem = Item<
  'reasoning',
  { readonly id: string; readonly type: 'reasoning'; readonly summary: readonly { type: string; text: string }[] }
>;
export type MessageItem = Item<'message', { readonly id: string; readonly type: 'message' }>;
export type CallItem = Item<'function_call', { readonly id: string }> & { readonly call: AnswerToolCall };

/** `incomplete` where something cut it short. */
export function completed(answer: Answer, call: ModelCall): { readonly status: ResponseStatus } {
  const reason = incompleteReasonOf(answer);
  const status = reason === undefined ? 'completed' : 'incomplete';
  const rest = {
    completed_at: status === 'completed' ? seconds(answer) : null,
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    output: itemsOf(answer, call).map((item) => item.wire),
    ...(answer.hidesUsage ? {} : { usage: usageOf(answer) }),
  };
  return { ...frameOf(answer, call), status, ...rest };
}

/** Why a response has no answer, or has none yet. */
export interface Unfinished {
  readonly status: ResponseStatus;
  readonly error?: ProviderError | undefined;
}

export function unfinished(answer: Answer, call: ModelCall, { status, error }: Unfinished): object {
  const fields = error?.fields;
  const shown = fields === undefined ? null : { code: fields.code ?? fields.type, message: fields.message };
  return {
    ...frameOf(answer, call),
    status,
    completed_at: null,
    error: shown,
    incomplete_details: null,
    output: [],
    usage: null,
  };
}

/** What the request said is repeated in the answer. */
function frameOf(answer: Answer, { body, isBackground }: ModelCall): object {
  const given = (param: string, otherwise: unknown): unknown => body[param] ?? otherwise;
  return {
    id: answer.id,
    object: 'response',
    created_at: seconds(answer),
    background: isBackground,
    instructions: given('instructions', null),
    max_output_tokens: given('max_output_tokens', null),
    max_tool_calls: null,
    metadata: given('metadata', {}),
    model: answer.model,
    parallel_tool_calls: given('parallel_tool_calls', true),
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...(given('reasoning', {}) as object) },
    safety_identifier: null,
    service_tier: 'default',
    store: given('store', true),
    temperature: given('temperature', 1),
    text: given('text', { format: { type: 'text' } }),
    tool_choice: given('tool_choice', 'auto'),
    tools: given('tools', []),
    top_logprobs: 0,
    top_p: given('top_p', 1),
    truncation: given('truncation', 'disabled'),
    user: null,
  };
}

export function itemsOf(answer: Answer, call: ModelCall): readonly (ReasoningItem | MessageItem | CallItem)[] {
  if (answer.isEmpty) return [];
  const status = incompleteReasonOf(answer) === undefined ? 'completed' : 'incomplete';
  const id = (prefix: string, index = 0): string => `${prefix}_${answer.id.slice(5)}${index === 0 ? '' : index}`;
  const reasoning: ReasoningItem[] = answer.reasoningTokens === 0 ? [] : [reasoningItem(id('rs'), call)];
  const hasWords = answer.tokens.length > 0;
  const message: MessageItem['wire'] & object = {
    id: id('msg'),
    type: 'message',
    ...{ status, role: 'assistant', content: [partOf(answer, textOf(answer))] },
  };
  const calls = answer.toolCalls.map((one, index): CallItem => {
    const { id: callId, name, tokens } = one;
    const wire = {
      id: id('fc', index),
      type: 'function_call',
      status,
      call_id: callId,
      name,
      arguments: tokens.join(''),
    };
    return { type: 'function_call', wire, call: one };
  });
  return [...reasoning, ...(hasWords ? [{ type: 'message', wire: message } as const] : []), ...calls];
}

function reasoningItem(id: string, { showsReasoning, body }: ModelCall): ReasoningItem {
  const { include } = body;
  const isEncrypted = Array.isArray(include) && include.includes('reasoning.encrypted_content');
  const encrypted = isEncrypted ? { encrypted_content: createHash('sha256').update(id).digest('base64') } : {};
  const summary = showsReasoning ? [{ type: 'summary_text', text: thought }] : [];
  return { type: 'reasoning', wire: { id, type: 'reasoning', summary, ...encrypted } };
}

export function partOf(answer: Answer, text: string): { readonly type: string } {
  if (answer.finish === 'refusal') return { type: 'refusal', ...{ refusal: text } };
  return { type: 'output_text', ...{ annotations: [], logprobs: [], text } };
}

function incompleteReasonOf(answer: Answer): string | undefined {
  if (answer.rawReason !== undefined) return answer.rawReason;
  if (answer.finish === 'length' || answer.finish === 'contextWindow') return 'max_output_tokens';
  return answer.finish === 'contentFilter' ? 'content_filter' : undefined;
}

function usageOf(answer: Answer): object {
  const output = outputTokensOf(answer);
  return {
    input_tokens: answer.inputTokens,
    input_tokens_details: { cached_tokens: answer.cachedTokens },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: answer.reasoningTokens },
    total_tokens: answer.inputTokens + output,
  };
}

function seconds({ createdAtMs }: Answer): number {
  return Math.floor(createdAtMs / 1_000);
}
