/** Reads a Messages request. */
import { isRecord } from '../read-input';
import type { InputRecord } from '../read-input';
import type { EndpointSettings } from '../settings';
import { countTokens } from '../tokenizer';
import { invalidRequest } from './anthropic-errors';
import { ProviderError } from './provider-error';
import { checkBoundlessSchema } from './strict-schema';
import { textOfContent } from './text-of-content';
import type { ChatMessage, ModelCall, RequestHeaders, ServedModel } from './wire-format';

/** Tokens that frame a message and a conversation. */
const tokensPerMessage = 3;
const tokensPerConversation = 5;

export function parseAnthropicRequest(body: unknown, served: ServedModel, headers: RequestHeaders): ModelCall {
  const { settings } = served;
  if (!isRecord(body)) throw invalidRequest('Input should be a valid dictionary');
  checkVersion(body, headers['anthropic-version']);
  const model = readModel(body['model'], settings);
  const requested = readMaxTokens(body['max_tokens'], model, settings);
  const messages = readMessages(body['messages']);
  const instructions = body['system'] === undefined ? '' : textOfContent(body['system']);
  if (instructions === undefined) throw invalidRequest('system: Input should be a valid string or list of text blocks');
  const schema = readSchema(body['output_config']);
  const schemaText = schema === undefined ? '' : JSON.stringify(schema);
  const texts = [instructions, ...messages.map((message) => message.text), schemaText];
  const textTokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const tokens = textTokens + messages.length * tokensPerMessage + tokensPerConversation;
  const inputTokens = served.toOwnTokens(tokens, texts.join('\n'));
  const windowLeft = settings.contextWindow - inputTokens;
  if (windowLeft < 1) {
    throw invalidRequest(`prompt is too long: ${inputTokens} tokens > ${settings.contextWindow} maximum`);
  }
  return {
    model,
    instructions,
    messages,
    ...(schema === undefined ? {} : { schema }),
    inputTokens,
    outputLimit: Math.min(requested, windowLeft),
    limitFinish: requested > windowLeft ? 'contextWindow' : 'length',
    upfrontTokens: inputTokens,
    isStream: body['stream'] === true,
    includesUsage: true,
  };
}

/** API versions are dates. The one of 2026-10-21 took the sampling parameters away. */
const versionWithoutSampling = '2026-10-21';

function checkVersion(body: InputRecord, version: string | readonly string[] | undefined): void {
  if (typeof version !== 'string') throw invalidRequest('anthropic-version: header is required');
  if (version < versionWithoutSampling) return;
  const extra = ['temperature', 'top_p', 'top_k'].find((parameter) => body[parameter] !== undefined);
  if (extra !== undefined) throw invalidRequest(`${extra}: Extra inputs are not permitted`);
}

function readModel(model: unknown, settings: EndpointSettings): string {
  if (typeof model !== 'string' || model === '') throw invalidRequest('model: Field required');
  if (settings.models?.includes(model) === false) {
    throw new ProviderError(404, { type: 'not_found_error', message: `model: ${model}` });
  }
  return model;
}

function readMaxTokens(maxTokens: unknown, model: string, settings: EndpointSettings): number {
  if (maxTokens === undefined) throw invalidRequest('max_tokens: Field required');
  if (typeof maxTokens !== 'number' || !Number.isInteger(maxTokens) || maxTokens < 1) {
    throw invalidRequest('max_tokens: Input should be greater than or equal to 1');
  }
  const most = settings.maxOutputTokens;
  if (maxTokens > most) {
    const rule = `which is the maximum allowed number of output tokens for ${model}`;
    throw invalidRequest(`max_tokens: ${maxTokens} > ${most}, ${rule}`);
  }
  return maxTokens;
}

function readMessages(list: unknown): ChatMessage[] {
  if (list === undefined) throw invalidRequest('messages: Field required');
  if (!Array.isArray(list)) throw invalidRequest('messages: Input should be a valid list');
  if (list.length === 0) throw invalidRequest('messages: at least one message is required');
  return list.map((message: unknown, index) => {
    const role: unknown = isRecord(message) ? message['role'] : undefined;
    if (role !== 'user' && role !== 'assistant') {
      throw invalidRequest(`messages.${index}.role: Input should be 'user' or 'assistant'`);
    }
    const text = textOfContent((message as InputRecord)['content']);
    if (text === undefined) throw invalidRequest(`messages.${index}.content: Input should be a valid string or list`);
    if (text.trim() === '') throw invalidRequest(`messages.${index}: text content blocks must be non-empty`);
    return { role, text };
  });
}

function readSchema(config: unknown): InputRecord | undefined {
  const format = isRecord(config) ? config['format'] : undefined;
  if (!isRecord(format)) return undefined;
  if (format['type'] !== 'json_schema') {
    throw invalidRequest("output_config.format.type: Input should be 'json_schema'");
  }
  const schema = format['schema'];
  if (!isRecord(schema)) throw invalidRequest('output_config.format.schema: Field required');
  const problem = checkBoundlessSchema(schema);
  if (problem !== undefined) throw invalidRequest(`output_config.format.schema: ${problem}`);
  return schema;
}
