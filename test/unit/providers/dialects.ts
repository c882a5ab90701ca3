/** The two providers' wire formats, as recorded, behind one set of names: for tests of what must hold for both. */
import type { ModelCall, Provider } from '../../../src/providers/provider';
import type { EndpointSettings, ProviderName } from '../../../src/contracts/settings';
import type { ModelRequest } from '../../../src/contracts/model';
import { createProvider } from '../../../src/providers/create-provider';

export interface Dialect {
  readonly provider: ProviderName;
  readonly path: string;
  /** Whatever comes before the first content. */
  readonly start: string;
  /** One piece of text, given as it stands in JSON, without the quotes. */
  text(json: string): string;
  readonly reasoning: string;
  readonly ping: string;
  /** The finish reason, usage after it when there is one. */
  finish(reason: string, usage?: string): string;
  readonly usage: string;
  /** The end mark. */
  readonly end: string;
  readonly reasons: { readonly stop: string; readonly length: string; readonly filtered: string };
  errorEvent(kind: string): string;
}

const chunk = (choices: string, rest = '"usage":null'): string =>
  `data: {"id":"chatcmpl-C1","object":"chat.completion.chunk","created":1795254000,"model":"gpt-4.1-2025-04-14",` +
  `"service_tier":"default","system_fingerprint":"fp_1","choices":[${choices}],${rest},"obfuscation":"aZ3"}\n\n`;
const delta = (json: string, finish = 'null'): string =>
  `{"index":0,"delta":${json},"logprobs":null,"finish_reason":${finish}}`;

export const openai: Dialect = {
  provider: 'openai',
  path: '/v1/chat/completions',
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
  reasons: { stop: 'stop', length: 'length', filtered: 'content_filter' },
  errorEvent: (kind) =>
    `data: {"error":{"message":"The text of the prompt","type":"${kind}","param":null,"code":null}}\n\n`,
};

const event = (type: string, rest: string): string => `event: ${type}\ndata: {"type":"${type}"${rest}}\n\n`;

export const anthropic: Dialect = {
  provider: 'anthropic',
  path: '/v1/messages',
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
  reasons: { stop: 'end_turn', length: 'max_tokens', filtered: 'refusal' },
  errorEvent: (kind) => event('error', `,"error":{"type":"${kind}","message":"The text of the prompt"}`),
};

/** A whole good answer of these pieces. */
export function answerOf(dialect: Dialect, ...pieces: readonly string[]): string {
  const { start, text, finish, reasons, usage, end } = dialect;
  return start + pieces.map((piece) => text(piece)).join('') + finish(reasons.stop, usage) + end;
}

export const apiKey = 'sk-canary-0123456789';

export function endpointOf(dialect: Dialect, baseUrl: string): EndpointSettings {
  return {
    name: `${dialect.provider}-eastus`,
    provider: dialect.provider,
    model: dialect.provider === 'openai' ? 'gpt-4.1' : 'claude-sonnet-5',
    baseUrl: dialect.provider === 'openai' ? `${baseUrl}/v1` : baseUrl,
    apiKeyEnv: 'EASTUS_KEY',
    quotaGroup: 'eastus',
    limits: {},
    limitProfile: dialect.provider,
    weight: 1,
    price: { input: 1, output: 1 },
    contextWindow: 200_000,
    maxOutputTokens: 4_096,
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
