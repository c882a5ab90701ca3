/** The providers' wire formats, as recorded, behind one set of names: for tests of what must hold for all of them. */
import type { ModelAnswer, ModelRequest } from '../../../src/contracts/model';
import type { EndpointSettings } from '../../../src/contracts/settings';
import type { ModelCall, Provider } from '../../../src/providers/provider';
import { createProvider } from '../../../src/providers/create-provider';
import { geminiDialect } from './gemini/dialect';

export const apiKey = 'sk-canary-0123456789';

/**
 * How a stream says that it is whole: by a mark of its own, by one that may be missing, by its last event, or by the end
 * of its body alone.
 */
type EndMark = 'required' | 'optional' | 'none' | 'body';

export interface Dialect {
  readonly name: string;
  readonly path: string;
  /** What the endpoint's settings differ in; `baseUrl` is put after the server's address. */
  readonly endpoint: Pick<EndpointSettings, 'provider' | 'model' | 'limitProfile'> & Partial<EndpointSettings>;
  /** The header that carries the key. */
  readonly key: { readonly header: string; readonly value: string };
  /** Whatever comes before the first content. */
  readonly start: string;
  /** One piece of text, given as it stands in JSON, without the quotes. */
  text(json: string): string;
  readonly reasoning: string;
  readonly ping: string;
  /** The finish reason, usage after it when there is one. */
  finish(reason: string, usage?: string): string;
  readonly usage: string;
  readonly end: string;
  readonly endMark: EndMark;
  readonly reasons: { readonly stop: string; readonly length: string; readonly filtered: string };
  errorEvent(kind: string): string;
  /** What is read from a whole answer with `usage`. */
  readonly answered: Pick<ModelAnswer, 'model' | 'usage'>;
  /** Input tokens that are known from `start` alone. */
  readonly inputTokensAtStart?: number;
}

const chunk = (choices: string, rest = '"usage":null'): string =>
  `data: {"id":"chatcmpl-C1","object":"chat.completion.chunk","created":1795254000,"model":"gpt-4.1-2025-04-14",` +
  `"service_tier":"default","system_fingerprint":"fp_1","choices":[${choices}],${rest},"obfuscation":"aZ3"}\n\n`;
const delta = (json: string, finish = 'null'): string =>
  `{"index":0,"delta":${json},"logprobs":null,"finish_reason":${finish}}`;

const bearer = { header: 'authorization', value: `Bearer ${apiKey}` };

const chat: Omit<Dialect, 'name' | 'endpoint'> = {
  path: '/v1/chat/completions',
  key: bearer,
  start: chunk(delta('{"role":"assistant","content":"","refusal":null}')),
  text: (json) => chunk(delta(`{"content":"${json}"}`)),
  reasoning: chunk(delta('{"reasoning_content":"hm"}')),
  ping: ': keep-alive\n\n',
  finish: (reason, usage) =>
    chunk(delta('{}', `"${reason}"`)) + (usage === undefined ? '' : chunk('', `"usage":${usage}`)),
  usage:
    '{"prompt_tokens":120,"completion_tokens":30,"total_tokens":150,"prompt_tokens_details":{"cached_tokens":64},' +
    '"completion_tokens_details":{"reasoning_tokens":10}}',
  end: 'data: [DONE]\n\n',
  endMark: 'required',
  reasons: { stop: 'stop', length: 'length', filtered: 'content_filter' },
  errorEvent: (kind) =>
    `data: {"error":{"message":"The text of the prompt","type":"${kind}","param":null,"code":null}}\n\n`,
  answered: {
    model: 'gpt-4.1-2025-04-14',
    usage: { inputTokens: 120, outputTokens: 30, cachedInputTokens: 64, reasoningTokens: 10 },
  },
};

export const openai: Dialect = {
  ...chat,
  name: 'openai',
  endpoint: { provider: 'openai', model: 'gpt-4.1', baseUrl: '/v1', limitProfile: 'openai' },
};

/** Its filter speaks first, in a chunk without choices, and in every chunk with one. */
export const azure: Dialect = {
  ...chat,
  name: 'azure',
  path: '/openai/v1/chat/completions',
  endpoint: { provider: 'azure-openai', model: 'gpt-4.1', deployment: 'gpt-41-eu', baseUrl: '', limitProfile: 'azure' },
  key: { header: 'api-key', value: apiKey },
  start:
    'data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,' +
    '"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}\n\n' +
    chat.start,
  text: (json) =>
    chunk(
      `{"index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}},"delta":{"content":"${json}"},` +
        '"finish_reason":null}',
    ),
};

export const compatible: Dialect = {
  ...chat,
  name: 'compatible',
  endpoint: { provider: 'openai-compatible', model: 'qwen3', baseUrl: '/v1', limitProfile: 'selfHosted' },
  endMark: 'optional',
  ping: ':\n\n',
};

const responseEvent = (type: string, rest: string): string =>
  `event: ${type}\ndata: {"type":"${type}","sequence_number":7${rest}}\n\n`;
const response = (status: string, rest: string): string =>
  `,"response":{"id":"resp_1","object":"response","created_at":1795254000,"status":"${status}","background":false,` +
  `"model":"gpt-4.1-2025-04-14","output":[],"error":null${rest}}`;
const outputDelta = (type: string, json: string): string =>
  responseEvent(type, `,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"${json}","obfuscation":"aZ3"`);

export const responses: Dialect = {
  name: 'responses',
  path: '/v1/responses',
  endpoint: { provider: 'openai', api: 'responses', model: 'gpt-4.1', baseUrl: '/v1', limitProfile: 'openai' },
  key: bearer,
  start:
    responseEvent('response.created', response('in_progress', ',"usage":null')) +
    responseEvent('response.in_progress', response('in_progress', ',"usage":null')) +
    responseEvent(
      'response.output_item.added',
      ',"output_index":0,"item":{"id":"msg_1","type":"message","content":[]}',
    ),
  text: (json) => outputDelta('response.output_text.delta', json),
  reasoning: outputDelta('response.reasoning_summary_text.delta', 'hm'),
  ping: ': keep-alive\n\n',
  finish: (reason, usage = 'null') => {
    const isWhole = reason === 'completed';
    const details = `,"incomplete_details":${isWhole ? 'null' : `{"reason":"${reason}"}`},"usage":${usage}`;
    const status = isWhole ? 'completed' : 'incomplete';
    return responseEvent(`response.${status}`, response(status, details));
  },
  usage:
    '{"input_tokens":120,"input_tokens_details":{"cached_tokens":64},"output_tokens":30,' +
    '"output_tokens_details":{"reasoning_tokens":10},"total_tokens":150}',
  end: '',
  endMark: 'none',
  reasons: { stop: 'completed', length: 'max_output_tokens', filtered: 'content_filter' },
  errorEvent: (kind) => responseEvent('error', `,"code":"${kind}","message":"The text of the prompt","param":null`),
  answered: chat.answered,
};

const event = (type: string, rest: string): string => `event: ${type}\ndata: {"type":"${type}"${rest}}\n\n`;

export const anthropic: Dialect = {
  name: 'anthropic',
  path: '/v1/messages',
  endpoint: { provider: 'anthropic', model: 'claude-sonnet-5', baseUrl: '', limitProfile: 'anthropic' },
  key: bearer,
  start:
    event(
      'message_start',
      ',"message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5","content":[],' +
        '"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":40,"cache_creation_input_tokens":16,' +
        '"cache_read_input_tokens":64,"output_tokens":1}}',
    ) + event('content_block_start', ',"index":0,"content_block":{"type":"text","text":""}'),
  text: (json) => event('content_block_delta', `,"index":0,"delta":{"type":"text_delta","text":"${json}"}`),
  reasoning: event('content_block_delta', ',"index":0,"delta":{"type":"thinking_delta","thinking":"hm"}'),
  ping: event('ping', ''),
  finish: (reason, usage) =>
    event('content_block_stop', ',"index":0') +
    event(
      'message_delta',
      `,"delta":{"stop_reason":"${reason}","stop_sequence":null}${usage === undefined ? '' : `,"usage":${usage}`}`,
    ),
  usage: '{"output_tokens":30}',
  end: event('message_stop', ''),
  endMark: 'required',
  reasons: { stop: 'end_turn', length: 'max_tokens', filtered: 'refusal' },
  errorEvent: (kind) => event('error', `,"error":{"type":"${kind}","message":"The text of the prompt"}`),
  answered: { model: 'claude-sonnet-5', usage: { inputTokens: 120, outputTokens: 30, cachedInputTokens: 64 } },
  inputTokensAtStart: 120,
};

export const gemini = geminiDialect(apiKey);

/** A new provider is a new row: every test of what holds for all of them runs for it too. */
export const dialects: readonly Dialect[] = [openai, responses, azure, compatible, anthropic, gemini];

/** A whole good answer of these pieces. */
export function answerOf(dialect: Dialect, ...pieces: readonly string[]): string {
  const { start, text, finish, reasons, usage, end } = dialect;
  return start + pieces.map((piece) => text(piece)).join('') + finish(reasons.stop, usage) + end;
}

export function endpointOf({ name, endpoint }: Dialect, serverUrl: string): EndpointSettings {
  return {
    name: `${name}-eastus`,
    apiKeyEnv: 'EASTUS_KEY',
    quotaGroup: 'eastus',
    limits: {},
    weight: 1,
    price: { input: 1, output: 1 },
    contextWindow: 200_000,
    maxOutputTokens: 4_096,
    ...endpoint,
    baseUrl: `${serverUrl}${endpoint.baseUrl ?? ''}`,
  };
}

export function providerOf(dialect: Dialect, baseUrl: string): Provider {
  return createProvider({ endpoint: endpointOf(dialect, baseUrl), apiKey });
}

export const request: ModelRequest = {
  model: 'gpt-4.1',
  system: 'You answer briefly.',
  messages: [{ role: 'user', content: 'What is the canary prompt?' }],
  parameters: { maxOutputTokens: 500 },
};

/** Generous timers: a test that is about one of them shortens that one. */
export const timeouts = { connectMs: 5_000, firstTokenMs: 5_000, idleMs: 5_000, callMs: 10_000, stepMs: 20_000 };

export function callOf(changes: Partial<ModelCall> = {}): ModelCall {
  return { request, callId: 'run-1/step#0/t0/c0/a1/h0', timeouts, signal: new AbortController().signal, ...changes };
}

/** What a call was refused with. Fails when it succeeded. */
export async function failureOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error,
  );
}
