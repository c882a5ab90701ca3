/** OpenAI Chat Completions. */
import { openAiErrors } from './openai-errors';
import { parseOpenAiRequest } from './openai-request';
import type { Answer, Finish, WireFormat } from './wire-format';
import { bearerTokenOf, usageOf } from './wire-format';

const finishReasons: Readonly<Record<Finish, string>> = {
  stop: 'stop',
  length: 'length',
  contextWindow: 'length',
  contentFilter: 'content_filter',
  refusal: 'stop',
};

export const openAi: WireFormat = {
  path: '/v1/chat/completions',
  requestIdHeader: 'x-request-id',
  tokensPerChunk: 1,
  opensBeforeFirstToken: false,
  errors: openAiErrors,
  keyOf: bearerTokenOf,
  parse: parseOpenAiRequest,
  newRequestId: (hex) => `req_${hex}`,
  newAnswerId: (hex) => `chatcmpl-${hex}`,
  json: completionOf,
  opening: (answer) => event(chunkOf(answer, { role: 'assistant', content: '', refusal: null })),
  delta: (answer, text) => event(chunkOf(answer, answer.finish === 'refusal' ? { refusal: text } : { content: text })),
  closing: (answer, includesUsage) => {
    const usage = includesUsage && !answer.hidesUsage ? event(usageChunkOf(answer)) : '';
    const finish = answer.isEmpty ? '' : event(chunkOf(answer, {}, reasonOf(answer)));
    return `${finish}${usage}data: [DONE]\n\n`;
  },
  keepAlive: ': keep-alive\n\n',
  errorEvent: (error, requestId) => event(openAiErrors.body(error, requestId)),
};

function completionOf(answer: Answer): unknown {
  const text = answer.tokens.join('');
  const isRefusal = answer.finish === 'refusal';
  const message = {
    role: 'assistant',
    content: isRefusal ? null : text,
    refusal: isRefusal ? text : null,
    annotations: [],
  };
  return {
    id: answer.id,
    object: 'chat.completion',
    created: Math.floor(answer.createdAtMs / 1_000),
    model: answer.model,
    choices: answer.isEmpty ? [] : [{ index: 0, message, logprobs: null, finish_reason: reasonOf(answer) }],
    ...(answer.hidesUsage ? {} : { usage: usageBodyOf(answer) }),
    service_tier: 'default',
    system_fingerprint: null,
  };
}

function chunkOf(answer: Answer, delta: unknown, finishReason: string | null = null): object {
  return {
    id: answer.id,
    object: 'chat.completion.chunk',
    created: Math.floor(answer.createdAtMs / 1_000),
    model: answer.model,
    service_tier: 'default',
    system_fingerprint: null,
    choices: answer.isEmpty ? [] : [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  };
}

function usageChunkOf(answer: Answer): object {
  return { ...chunkOf(answer, {}), choices: [], usage: usageBodyOf(answer) };
}

function usageBodyOf(answer: Answer): object {
  const { input, output } = usageOf(answer);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

function reasonOf(answer: Answer): string {
  return answer.rawReason ?? finishReasons[answer.finish];
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
