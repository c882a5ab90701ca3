/** Events of Responses as recorded, beyond those of the dialect: whole responses, calls, reasoning. */

export function event(type: string, fields: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 7, ...fields })}\n\n`;
}

export const usage = {
  input_tokens: 120,
  input_tokens_details: { cached_tokens: 64, cache_write_tokens: 0 },
  output_tokens: 30,
  output_tokens_details: { reasoning_tokens: 10 },
  total_tokens: 150,
};

export function responseOf(status: string, fields: object = {}): object {
  const base = { id: 'resp_1', object: 'response', created_at: 1_795_254_000, model: 'gpt-5-2025-08-07', error: null };
  return { ...base, status, background: true, incomplete_details: null, output: [], usage, ...fields };
}

export const created = event('response.created', { response: responseOf('queued', { usage: null }) });

export function ended(status: string, fields: object = {}): string {
  return event(`response.${status}`, { response: responseOf(status, fields) });
}

export function messageOf(text: string, fields: object = {}): object {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content, ...fields };
}

export function callItem(callId: string, name: string, given: string): object {
  return { id: `fc_${callId}`, type: 'function_call', call_id: callId, name, arguments: given, status: 'completed' };
}

export const reasoningItem = {
  id: 'rs_1',
  type: 'reasoning',
  summary: [],
  encrypted_content: 'gAAA',
  status: 'completed',
};

export function itemDone(index: number, item: object): string {
  return event('response.output_item.done', { output_index: index, item });
}

export function textDelta(index: number, delta: string): string {
  return event('response.output_text.delta', { output_index: index, content_index: 0, item_id: 'msg_1', delta });
}
