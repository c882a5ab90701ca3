/** Anthropic Messages. */
import { anthropicErrors } from './anthropic-errors';
import { parseAnthropicRequest } from './anthropic-request';
import type { Answer, Finish, WireFormat } from './wire-format';
import { bearerTokenOf, usageOf } from './wire-format';

const stopReasons: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  contextWindow: 'model_context_window_exceeded',
  contentFilter: 'refusal',
  refusal: 'refusal',
};

export const anthropic: WireFormat = {
  path: '/v1/messages',
  requestIdHeader: 'request-id',
  tokensPerChunk: 3,
  opensBeforeFirstToken: true,
  errors: anthropicErrors,
  // The SDK sends its key as a bearer token since 1.x; `x-api-key` is the older way and still taken.
  keyOf: (headers) => {
    const key = headers['x-api-key'];
    return typeof key === 'string' && key !== '' ? key : bearerTokenOf(headers);
  },
  parse: parseAnthropicRequest,
  newRequestId: (hex) => `req_01${hex}`,
  newAnswerId: (hex) => `msg_01${hex}`,
  json: (answer) => {
    const block = { type: 'text', text: answer.tokens.join(''), citations: null };
    return messageOf(answer, {
      content: answer.isEmpty ? [] : [block],
      ...stopOf(answer),
      ...(answer.hidesUsage ? {} : { usage: usageBodyOf(answer, usageOf(answer).output) }),
    });
  },
  opening: (answer) => {
    // The first token is not there yet; the provider counts one for the start of the message.
    const usage = answer.hidesUsage ? {} : { usage: usageBodyOf(answer, 1) };
    const unfinished = { content: [], stop_reason: null, stop_sequence: null, stop_details: null };
    const start = event('message_start', { message: messageOf(answer, { ...unfinished, ...usage }) });
    const block = { index: 0, content_block: { type: 'text', text: '', citations: null } };
    return `${start}${answer.isEmpty ? '' : event('content_block_start', block)}${event('ping', {})}`;
  },
  delta: (_answer, text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  closing: (answer) => {
    const usage = answer.hidesUsage ? {} : { usage: deltaUsageOf(answer) };
    const stop = answer.isEmpty ? '' : event('content_block_stop', { index: 0 });
    const delta = event('message_delta', { delta: { ...stopOf(answer), container: null }, ...usage });
    return `${stop}${delta}${event('message_stop', {})}`;
  },
  keepAlive: event('ping', {}),
  errorEvent: (error, requestId) => {
    return `event: error\ndata: ${JSON.stringify(anthropicErrors.body(error, requestId))}\n\n`;
  },
};

function messageOf(answer: Answer, rest: object): object {
  return { id: answer.id, type: 'message', role: 'assistant', model: answer.model, container: null, ...rest };
}

function stopOf(answer: Answer): object {
  const reason = answer.rawReason ?? stopReasons[answer.finish];
  const details = reason === 'refusal' ? { type: 'refusal', category: 'general_harms', explanation: null } : null;
  return { stop_reason: reason, stop_sequence: null, stop_details: details };
}

function usageBodyOf(answer: Answer, outputTokens: number): object {
  return {
    input_tokens: usageOf(answer).input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    service_tier: 'standard',
  };
}

function deltaUsageOf(answer: Answer): object {
  const { input, output } = usageOf(answer);
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
  };
}

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
