/** OpenAI Chat Completions, also as Azure serves it. */
import { outputTokensOf, textOf } from '../answer';
import type { Answer, AnswerToolCall, Finish } from '../answer';
import { contentPieces, endingPiece, framePiece, silence } from '../wire-format';
import type { ModelCall, Piece, WireFormat } from '../wire-format';
import { parseChatRequest } from './chat-request';

/** What Azure adds about its content filter. */
export interface ChatExtras {
  /** First chunk of every stream, before the model says anything. */
  readonly openingChunk?: object;
  readonly ofAnswer?: object;
  readonly ofChoice?: object;
}

const finishReasons: Readonly<Record<Finish, string>> = {
  stop: 'stop',
  toolCalls: 'tool_calls',
  length: 'length',
  contextWindow: 'length',
  contentFilter: 'content_filter',
  refusal: 'stop',
};

export function createChatFormat(extras: ChatExtras = {}): WireFormat {
  return {
    name: 'chat',
    opensBeforeFirstToken: false,
    parse: parseChatRequest,
    newAnswerId: (hex) => `chatcmpl-${hex}`,
    newToolCallId: (hex) => `call_${hex}`,
    json: (answer) => completionOf(answer, extras),
    stream: (answer, call) => streamOf(answer, call, extras),
    keepAlive: ': keep-alive\n\n',
    errorEvent: (error, { errors, requestId }) => event(errors.body(error, requestId)),
  };
}

export const openAiChat = createChatFormat();

function completionOf(answer: Answer, extras: ChatExtras): unknown {
  const isRefusal = answer.finish === 'refusal';
  const text = textOf(answer);
  const message = {
    role: 'assistant',
    content: isRefusal || (text === '' && answer.toolCalls.length > 0) ? null : text,
    ...(answer.toolCalls.length === 0 ? {} : { tool_calls: answer.toolCalls.map(toolCallOf) }),
    refusal: isRefusal ? text : null,
    annotations: [],
  };
  const choice = { index: 0, message, logprobs: null, finish_reason: reasonOf(answer), ...extras.ofChoice };
  return {
    id: answer.id,
    object: 'chat.completion',
    created: Math.floor(answer.createdAtMs / 1_000),
    model: answer.model,
    choices: answer.isEmpty ? [] : [choice],
    ...(answer.hidesUsage ? {} : { usage: usageBodyOf(answer) }),
    service_tier: 'default',
    system_fingerprint: null,
    ...extras.ofAnswer,
  };
}

function* streamOf(answer: Answer, call: ModelCall, extras: ChatExtras): Generator<Piece> {
  const chunk = (delta: object, finishReason: string | null = null): string => {
    const choice = { index: 0, delta, logprobs: null, finish_reason: finishReason, ...extras.ofChoice };
    return event({ ...chunkFrameOf(answer), choices: answer.isEmpty ? [] : [choice] });
  };
  const hasWords = answer.tokens.length > 0 || answer.toolCalls.length === 0;
  if (extras.openingChunk !== undefined) yield framePiece(event(extras.openingChunk));
  yield framePiece(chunk({ role: 'assistant', content: hasWords ? '' : null, refusal: null }));
  yield* silence(answer.reasoningTokens);
  const isRefusal = answer.finish === 'refusal';
  yield* contentPieces(answer.tokens, 1, (text) => chunk(isRefusal ? { refusal: text } : { content: text }));
  for (const [index, toolCall] of answer.toolCalls.entries()) {
    const start = { index, ...toolCallOf({ ...toolCall, tokens: [] }) };
    yield framePiece(chunk({ tool_calls: [start] }));
    yield* contentPieces(toolCall.tokens, 3, (text) =>
      chunk({ tool_calls: [{ index, function: { arguments: text } }] }),
    );
  }
  if (!answer.isEmpty) yield endingPiece(chunk({}, reasonOf(answer)));
  if (call.includesUsage && !answer.hidesUsage) {
    yield endingPiece(event({ ...chunkFrameOf(answer), choices: [], usage: usageBodyOf(answer) }));
  }
  yield endingPiece('data: [DONE]\n\n');
}

function toolCallOf({ id, name, tokens }: AnswerToolCall): object {
  return { id, type: 'function', function: { name, arguments: tokens.join('') } };
}

function chunkFrameOf(answer: Answer): object {
  return {
    id: answer.id,
    object: 'chat.completion.chunk',
    created: Math.floor(answer.createdAtMs / 1_000),
    model: answer.model,
    service_tier: 'default',
    system_fingerprint: null,
  };
}

function usageBodyOf(answer: Answer): object {
  const output = outputTokensOf(answer);
  return {
    prompt_tokens: answer.inputTokens,
    completion_tokens: output,
    total_tokens: answer.inputTokens + output,
    prompt_tokens_details: { cached_tokens: answer.cachedTokens, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: answer.reasoningTokens, audio_tokens: 0 },
  };
}

function reasonOf(answer: Answer): string {
  return answer.rawReason ?? finishReasons[answer.finish];
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
