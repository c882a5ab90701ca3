/** Reads a Chat Completions request. */
import { isRecord } from '../read-input';
import type { InputRecord } from '../read-input';
import type { EndpointSettings } from '../settings';
import { countTokens } from '../tokenizer';
import { invalid } from './openai-errors';
import type { ProviderError } from './provider-error';
import { textOfContent } from './text-of-content';
import { checkStrictSchema } from './strict-schema';
import type { ChatMessage, ModelCall, ServedModel } from './wire-format';

/** Tokens that frame a message and a conversation. */
const tokensPerMessage = 4;
const tokensPerConversation = 3;

export function parseOpenAiRequest(body: unknown, served: ServedModel): ModelCall {
  const { settings } = served;
  if (!isRecord(body)) throw invalid('We expected the body to be a JSON object.');
  const model = readModel(body['model'], settings);
  checkTemperature(body['temperature'], model);
  const { instructions, messages, messageCount } = readMessages(body['messages']);
  const schema = readSchema(body['response_format']);
  const requested = readOutputTokens(body, settings);
  const schemaText = schema === undefined ? '' : JSON.stringify(schema);
  const texts = [instructions, ...messages.map((message) => message.text), schemaText];
  const textTokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const tokens = textTokens + messageCount * tokensPerMessage + tokensPerConversation;
  const inputTokens = served.toOwnTokens(tokens, texts.join('\n'));
  const windowLeft = settings.contextWindow - inputTokens;
  if (windowLeft < (requested ?? 1)) throw contextTooLong(settings, inputTokens, requested ?? 0);
  return {
    model,
    instructions,
    messages,
    ...(schema === undefined ? {} : { schema }),
    inputTokens,
    outputLimit: requested ?? Math.min(settings.maxOutputTokens, windowLeft),
    limitFinish: 'length',
    upfrontTokens: inputTokens + (requested ?? 0),
    isStream: body['stream'] === true,
    includesUsage: isRecord(body['stream_options']) && body['stream_options']['include_usage'] === true,
  };
}

function readModel(model: unknown, settings: EndpointSettings): string {
  if (typeof model !== 'string' || model === '')
    throw invalid('you must provide a model parameter', { param: 'model' });
  if (settings.models?.includes(model) === false) {
    const message = `The model \`${model}\` does not exist or you do not have access to it.`;
    throw invalid(message, { status: 404, code: 'model_not_found' });
  }
  return model;
}

/** Reasoning models take the default only. Their `-chat` variants do not reason. */
const reasoningModel = /^(?:o\d|gpt-5)(?!.*-chat)/;

function checkTemperature(temperature: unknown, model: string): void {
  if (temperature === undefined || temperature === null || temperature === 1 || !reasoningModel.test(model)) return;
  const shown = JSON.stringify(temperature);
  throw invalid(
    `Unsupported value: 'temperature' does not support ${shown} with this model. Only the default (1) value is supported.`,
    { param: 'temperature', code: 'unsupported_value' },
  );
}

function readMessages(list: unknown): { instructions: string; messages: ChatMessage[]; messageCount: number } {
  if (list === undefined) {
    const code = 'missing_required_parameter';
    throw invalid("Missing required parameter: 'messages'.", { param: 'messages', code });
  }
  if (!Array.isArray(list)) throw invalid("Invalid type for 'messages': expected an array.", { param: 'messages' });
  if (list.length === 0) {
    const message = "Invalid 'messages': empty array. Expected an array with minimum length 1.";
    throw invalid(message, { param: 'messages', code: 'empty_array' });
  }
  const instructions: string[] = [];
  const messages: ChatMessage[] = [];
  for (const [index, message] of list.entries()) {
    const role: unknown = isRecord(message) ? message['role'] : undefined;
    const text = isRecord(message) ? textOfContent(message['content']) : undefined;
    if (text === undefined) {
      throw invalid("Invalid value for 'content': expected a string.", { param: `messages.[${index}].content` });
    }
    if (role === 'system' || role === 'developer') instructions.push(text);
    else if (role === 'user' || role === 'tool') messages.push({ role: 'user', text });
    else if (role === 'assistant') messages.push({ role, text });
    else throw invalid(`Invalid value for 'role': ${JSON.stringify(role)}.`, { param: `messages.[${index}].role` });
  }
  return { instructions: instructions.join('\n\n'), messages, messageCount: list.length };
}

function readSchema(format: unknown): InputRecord | undefined {
  if (!isRecord(format) || format['type'] !== 'json_schema') return undefined;
  const definition = format['json_schema'];
  const param = 'response_format';
  if (!isRecord(definition)) throw invalid("Missing required parameter: 'response_format.json_schema'.", { param });
  const { name, schema } = definition;
  if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) {
    const message = "Invalid 'response_format.json_schema.name': expected 1 to 64 of a-z A-Z 0-9 _ -.";
    throw invalid(message, { param: 'response_format.json_schema.name', code: 'invalid_value' });
  }
  if (!isRecord(schema)) throw invalid("Missing required parameter: 'response_format.json_schema.schema'.", { param });
  const problem = definition['strict'] === true ? checkStrictSchema(schema) : undefined;
  if (problem !== undefined) {
    throw invalid(`Invalid schema for response_format '${name}': ${problem}`, { param, code: 'invalid_json_schema' });
  }
  return schema;
}

/** The larger of the two caps: that is what the limits are charged. */
function readOutputTokens(body: InputRecord, settings: EndpointSettings): number | undefined {
  const caps = ['max_tokens', 'max_completion_tokens'].flatMap((param) => {
    const cap = body[param];
    if (cap === undefined || cap === null) return [];
    if (typeof cap !== 'number' || !Number.isInteger(cap) || cap < 1) {
      throw invalid(`Invalid '${param}': integer below minimum value. Expected a value >= 1.`, { param });
    }
    if (cap > settings.maxOutputTokens) {
      const most = `This model supports at most ${settings.maxOutputTokens} completion tokens`;
      throw invalid(`${param} is too large: ${cap}. ${most}, whereas you provided ${cap}.`, {
        param,
        code: 'invalid_value',
      });
    }
    return [cap];
  });
  return caps.length === 0 ? undefined : Math.max(...caps);
}

function contextTooLong(settings: EndpointSettings, inputTokens: number, requested: number): ProviderError {
  const asked = `you requested ${inputTokens + requested} tokens (${inputTokens} in the messages, ${requested} in the completion)`;
  const message = `This model's maximum context length is ${settings.contextWindow} tokens. However, ${asked}. Please reduce the length of the messages or completion.`;
  return invalid(message, { param: 'messages', code: 'context_length_exceeded' });
}
