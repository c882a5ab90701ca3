/** Reads a Chat Completions request. */
import { isRecord } from '../../read-input';
import type { InputRecord } from '../../read-input';
import { countInput } from '../count-input';
import type { Attachment, ChatMessage, ModelCall, RequestFrame, ServedModel } from '../wire-format';
import * as common from './common';
import { invalid } from './errors';

export function parseChatRequest(received: unknown, served: ServedModel, frame: RequestFrame): ModelCall {
  const { settings } = served;
  const body = common.readBody(received);
  const model = common.readModel(body, settings, frame);
  const effort = { effort: body['reasoning_effort'], effortParam: 'reasoning_effort', takesDefaults: true };
  const reasoningTokens = common.readReasoning(body, model, effort);
  const { instructions, messages, messageCount } = readMessages(body['messages']);
  const schema = readSchema(body['response_format']);
  const tools = common.readTools(body['tools'], (tool) => tool['function']);
  const requested = common.readCap(body, ['max_tokens', 'max_completion_tokens'], settings);
  const input = { instructions, messages, tools, ...(schema === undefined ? {} : { schema }) };
  const inputTokens = countInput(input, { messages: messageCount, ...common.framing }, served);
  return {
    model,
    ...input,
    toolChoice: common.readToolChoice(body['tool_choice'], tools),
    reasoningTokens,
    showsReasoning: false,
    ...common.sizeCall({ inputTokens, requested, param: 'messages' }, settings),
    limitFinish: 'length',
    isStream: body['stream'] === true,
    includesUsage: isRecord(body['stream_options']) && body['stream_options']['include_usage'] === true,
    isBackground: false,
    body,
  };
}

interface Conversation {
  readonly instructions: string;
  readonly messages: readonly ChatMessage[];
  readonly messageCount: number;
}

function readMessages(list: unknown): Conversation {
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
  /** Names of the tools that were called and have not answered, by the id of the call. */
  const open = new Map<string, string>();
  for (const [index, message] of list.entries()) {
    const param = `messages.[${index}]`;
    if (!isRecord(message)) throw invalid('Invalid message: expected an object.', { param });
    const { role } = message;
    if (role !== 'tool') checkAnswered(open, param);
    if (role === 'system' || role === 'developer') instructions.push(readContent(message, param).text);
    else if (role === 'user') messages.push({ role, ...readContent(message, param) });
    else if (role === 'tool') messages.push(readToolMessage(message, param, open));
    else if (role === 'assistant') messages.push(readAssistant(message, param, open));
    else throw invalid(`Invalid value for 'role': ${JSON.stringify(role)}.`, { param: `${param}.role` });
  }
  checkAnswered(open, 'messages');
  return { instructions: instructions.join('\n\n'), messages, messageCount: list.length };
}

function checkAnswered(open: ReadonlyMap<string, string>, param: string): void {
  if (open.size === 0) return;
  const rule =
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.";
  throw invalid(`${rule} The following tool_call_ids did not have response messages: ${[...open.keys()].join(', ')}`, {
    param,
  });
}

function readToolMessage(message: InputRecord, param: string, open: Map<string, string>): ChatMessage {
  const id = String(message['tool_call_id']);
  const toolName = open.get(id);
  if (toolName === undefined) {
    const rule = "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
    throw invalid(`Invalid parameter: ${rule}`, { param: `${param}.role` });
  }
  open.delete(id);
  return { role: 'tool', toolName, text: readContent(message, param).text };
}

function readAssistant(message: InputRecord, param: string, open: Map<string, string>): ChatMessage {
  const calls: unknown = message['tool_calls'];
  if (calls === undefined || calls === null) return { role: 'assistant', text: readContent(message, param).text };
  if (!Array.isArray(calls) || calls.length === 0) {
    throw invalid(`Invalid '${param}.tool_calls': empty array.`, { param: `${param}.tool_calls`, code: 'empty_array' });
  }
  for (const call of calls as readonly unknown[]) {
    const definition: unknown = isRecord(call) ? call['function'] : undefined;
    const isCall = isRecord(call) && typeof call['id'] === 'string' && isRecord(definition);
    if (!isCall || typeof definition['name'] !== 'string' || typeof definition['arguments'] !== 'string') {
      throw invalid(`Invalid value for '${param}.tool_calls'.`, { param: `${param}.tool_calls` });
    }
    open.set(call['id'] as string, definition['name']);
  }
  const hasWords = message['content'] !== undefined && message['content'] !== null;
  const words = hasWords ? readContent(message, param).text : '';
  return { role: 'assistant', text: `${words}${JSON.stringify(calls)}` };
}

function readContent(message: InputRecord, param: string): { text: string; attachments?: readonly Attachment[] } {
  const { content } = message;
  if (typeof content === 'string') return { text: content };
  if (!Array.isArray(content)) {
    throw invalid("Invalid value for 'content': expected a string.", { param: `${param}.content` });
  }
  const texts: string[] = [];
  const attachments: Attachment[] = [];
  for (const [index, part] of (content as readonly unknown[]).entries()) {
    const at = `${param}.content[${index}]`;
    if (!isRecord(part)) throw invalid(`Invalid value for '${at}'.`, { param: at });
    const type = part['type'];
    if (type === 'text' && typeof part['text'] === 'string') texts.push(part['text']);
    else if (type === 'image_url' && isRecord(part['image_url'])) {
      attachments.push(common.readImage(part['image_url']['url'], at));
    } else if (type === 'file' && isRecord(part['file'])) attachments.push(common.readFile(part['file'], at));
    else throw invalid(`Invalid value: '${at}'. Supported types are: 'text', 'image_url', and 'file'.`, { param: at });
  }
  const text = texts.filter((one) => one !== '').join('\n');
  return attachments.length === 0 ? { text } : { text, attachments };
}

function readSchema(format: unknown): InputRecord | undefined {
  if (!isRecord(format) || format['type'] !== 'json_schema') return undefined;
  return common.readJsonSchema(format['json_schema'], 'response_format.json_schema', 'response_format');
}
