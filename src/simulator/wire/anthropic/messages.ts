/** Anthropic Messages. */
import { isRecord } from '../../read-input';
import { outputTokensOf, textOf, thought } from '../answer';
import type { Answer, AnswerToolCall, Finish } from '../answer';
import { contentPieces, endingPiece, framePiece, silence } from '../wire-format';
import type { ModelCall, Piece, WireFormat } from '../wire-format';
import { parseMessagesRequest } from './messages-request';
import { signatureOf } from './thinking';

const stopReasons: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  toolCalls: 'tool_use',
  length: 'max_tokens',
  contextWindow: 'model_context_window_exceeded',
  contentFilter: 'refusal',
  refusal: 'refusal',
};

const tokensPerChunk = 3;

export const messagesFormat: WireFormat = {
  name: 'messages',
  opensBeforeFirstToken: true,
  parse: parseMessagesRequest,
  newAnswerId: (hex) => `msg_01${hex}`,
  newToolCallId: (hex) => `toolu_01${hex}`,
  json: (answer, call) => {
    return messageOf(answer, {
      content: contentOf(answer, call),
      ...stopOf(answer),
      ...(answer.hidesUsage ? {} : { usage: usageBodyOf(answer, outputTokensOf(answer)) }),
    });
  },
  stream: streamOf,
  keepAlive: event('ping', {}),
  errorEvent: (error, { errors, requestId }) => {
    return `event: error\ndata: ${JSON.stringify(errors.body(error, requestId))}\n\n`;
  },
};

function contentOf(answer: Answer, call: ModelCall): readonly object[] {
  if (answer.isEmpty || answer.isBlocked) return [];
  const hasText = answer.tokens.length > 0 || answer.toolCalls.length === 0;
  return [
    ...(answer.reasoningTokens > 0 ? [thinkingBlockOf(call)] : []),
    ...(hasText ? [{ type: 'text', text: textOf(answer), citations: null }] : []),
    ...answer.toolCalls.map((toolCall) => ({ ...toolUseOf(toolCall), input: inputOf(toolCall) })),
  ];
}

function thinkingBlockOf({ body }: ModelCall): { type: 'thinking'; thinking: string; signature: string } {
  const isOmitted = isRecord(body['thinking']) && body['thinking']['display'] === 'omitted';
  const thinking = isOmitted ? '' : thought;
  return { type: 'thinking', thinking, signature: signatureOf(thinking) };
}

function toolUseOf({ id, name }: AnswerToolCall): object {
  return { type: 'tool_use', id, name, input: {}, caller: { type: 'direct' } };
}

/** Arguments a fault has made invalid are passed on as they are. */
function inputOf({ tokens }: AnswerToolCall): unknown {
  const text = tokens.join('');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function* streamOf(answer: Answer, call: ModelCall): Generator<Piece> {
  // The first token is not there yet; the provider counts one for the start of the message.
  const usage = answer.hidesUsage ? {} : { usage: usageBodyOf(answer, 1) };
  const unfinished = { content: [], stop_reason: null, stop_sequence: null, stop_details: null };
  yield framePiece(event('message_start', { message: messageOf(answer, { ...unfinished, ...usage }) }));
  if (answer.isEmpty || answer.isBlocked) yield framePiece(event('ping', {}));
  else yield* blockEvents(answer, call);
  const deltaUsage = answer.hidesUsage ? {} : { usage: deltaUsageOf(answer) };
  yield endingPiece(event('message_delta', { delta: { ...stopOf(answer), container: null }, ...deltaUsage }));
  yield endingPiece(event('message_stop', {}));
}

function* blockEvents(answer: Answer, call: ModelCall): Generator<Piece> {
  let index = 0;
  const start = (block: object): Piece => framePiece(event('content_block_start', { index, content_block: block }));
  const delta = (data: object): string => event('content_block_delta', { index, delta: data });
  const stop = (): Piece => {
    index += 1;
    return framePiece(event('content_block_stop', { index: index - 1 }));
  };
  if (answer.reasoningTokens > 0) {
    const { thinking, signature } = thinkingBlockOf(call);
    yield start({ type: 'thinking', thinking: '', signature: '' });
    yield framePiece(event('ping', {}));
    yield* silence(answer.reasoningTokens);
    if (thinking !== '') yield framePiece(delta({ type: 'thinking_delta', thinking }));
    yield framePiece(delta({ type: 'signature_delta', signature }));
    yield stop();
  }
  if (answer.tokens.length > 0 || answer.toolCalls.length === 0) {
    yield start({ type: 'text', text: '', citations: null });
    if (answer.reasoningTokens === 0) yield framePiece(event('ping', {}));
    yield* contentPieces(answer.tokens, tokensPerChunk, (text) => delta({ type: 'text_delta', text }));
    yield stop();
  }
  for (const toolCall of answer.toolCalls) {
    yield start(toolUseOf(toolCall));
    yield framePiece(delta({ type: 'input_json_delta', partial_json: '' }));
    yield* contentPieces(toolCall.tokens, tokensPerChunk, (text) => {
      return delta({ type: 'input_json_delta', partial_json: text });
    });
    yield stop();
  }
}

function messageOf(answer: Answer, rest: object): object {
  return { id: answer.id, type: 'message', role: 'assistant', model: answer.model, container: null, ...rest };
}

function stopOf(answer: Answer): object {
  const reason = answer.rawReason ?? stopReasons[answer.finish];
  const details = reason === 'refusal' ? { type: 'refusal', category: 'general_harms', explanation: null } : null;
  return { stop_reason: reason, stop_sequence: null, stop_details: details };
}

/** Cached tokens are not among the input tokens here. */
function usageBodyOf(answer: Answer, outputTokens: number): object {
  return {
    input_tokens: answer.inputTokens - answer.cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: answer.cachedTokens,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: detailsOf(answer),
    service_tier: 'standard',
  };
}

function deltaUsageOf(answer: Answer): object {
  return {
    input_tokens: answer.inputTokens - answer.cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: answer.cachedTokens,
    output_tokens: outputTokensOf(answer),
    output_tokens_details: detailsOf(answer),
  };
}

function detailsOf({ reasoningTokens }: Answer): object | null {
  return reasoningTokens === 0 ? null : { thinking_tokens: reasoningTokens };
}

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
