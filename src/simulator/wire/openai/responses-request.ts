/** Reads a Responses request. */
import { isRecord } from '../../read-input';
import type { InputRecord } from '../../read-input';
import { countInput } from '../count-input';
import type { Attachment, ChatMessage, ModelCall, RequestFrame, ServedModel } from '../wire-format';
import * as common from './common';
import { invalid } from './errors';

/** Chat's parameters are none here: `seed`, `messages`, `response_format`, `max_tokens`, `stop` … */
const knownParameters = new Set(
  (
    'background context_management conversation include input instructions max_output_tokens max_tool_calls metadata model ' +
    'moderation parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options ' +
    'prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options temperature text ' +
    'tool_choice tools top_logprobs top_p truncation user access_programs image'
  ).split(' '),
);

export function parseResponsesRequest(received: unknown, served: ServedModel, frame: RequestFrame): ModelCall {
  const { settings } = served;
  const body = common.readBody(received);
  checkParameters(body);
  const model = common.readModel(body, settings, frame);
  const reasoning = isRecord(body['reasoning']) ? body['reasoning'] : {};
  const effort = { effort: reasoning['effort'], effortParam: 'reasoning.effort', takesDefaults: false };
  const reasoningTokens = common.readReasoning(body, model, effort);
  const { instructions, messages, messageCount } = readInput(body);
  const schema = readSchema(body['text']);
  const tools = common.readTools(body['tools'], (tool) => tool);
  const requested = common.readCap(body, ['max_output_tokens'], settings);
  const input = { instructions, messages, tools, ...(schema === undefined ? {} : { schema }) };
  const inputTokens = countInput(input, { messages: messageCount, ...common.framing }, served);
  return {
    model,
    ...input,
    toolChoice: common.readToolChoice(body['tool_choice'], tools),
    reasoningTokens,
    showsReasoning: typeof reasoning['summary'] === 'string',
    ...common.sizeCall({ inputTokens, requested, param: 'input' }, settings),
    limitFinish: 'length',
    isStream: body['stream'] === true,
    includesUsage: true,
    isBackground: body['background'] === true,
    body,
  };
}

function checkParameters(body: InputRecord): void {
  const unknown = Object.keys(body).find((param) => !knownParameters.has(param));
  if (unknown !== undefined) {
    throw invalid(`Unknown parameter: '${unknown}'.`, { param: unknown, code: 'unknown_parameter' });
  }
  if (body['background'] === true && body['store'] === false) {
    throw invalid("Background mode requires 'store' to be true.", { param: 'background' });
  }
  const previous = body['previous_response_id'];
  if (typeof previous === 'string') {
    // Conversations are not kept: every request brings its own.
    const message = `Previous response with id '${previous}' not found.`;
    throw invalid(message, { param: 'previous_response_id', code: 'previous_response_not_found' });
  }
}

interface Conversation {
  readonly instructions: string;
  readonly messages: readonly ChatMessage[];
  readonly messageCount: number;
}

function readInput(body: InputRecord): Conversation {
  const { input } = body;
  const instructions = typeof body['instructions'] === 'string' ? [body['instructions']] : [];
  if (typeof input === 'string' && input !== '') {
    const messages: ChatMessage[] = [{ role: 'user', text: input }];
    return { instructions: instructions.join(''), messages, messageCount: 1 + instructions.length };
  }
  if (!Array.isArray(input) || input.length === 0) {
    throw invalid("Missing required parameter: 'input'.", { param: 'input', code: 'missing_required_parameter' });
  }
  const messages: ChatMessage[] = [];
  /** Names of the functions that were called and have not answered, by the id of the call. */
  const open = new Map<string, string>();
  for (const [index, item] of (input as readonly unknown[]).entries()) {
    const param = `input[${index}]`;
    if (!isRecord(item)) throw invalid(`Invalid type for '${param}': expected an object.`, { param });
    const message = readItem(item, param, open);
    if (message === undefined) continue;
    if (message.role === 'instructions') instructions.push(message.text);
    else messages.push({ ...message, role: message.role });
  }
  const left = [...open.keys()][0];
  if (left !== undefined) throw invalid(`No tool output found for function call ${left}.`, { param: 'input' });
  const messageCount = messages.length + instructions.length;
  return { instructions: instructions.join('\n\n'), messages, messageCount };
}

type ReadMessage = Omit<ChatMessage, 'role'> & { readonly role: ChatMessage['role'] | 'instructions' };

/** Undefined for what the model wrote to itself. */
function readItem(item: InputRecord, param: string, open: Map<string, string>): ReadMessage | undefined {
  switch (item['type'] ?? 'message') {
    case 'message':
      return readMessage(item, param);
    case 'reasoning':
      if (typeof item['id'] !== 'string' || !Array.isArray(item['summary'])) {
        throw invalid(`Missing required parameter: '${param}.summary'.`, { param });
      }
      return undefined;
    case 'function_call': {
      const { call_id: id, name, arguments: text } = item;
      if (typeof id !== 'string' || typeof name !== 'string' || typeof text !== 'string') {
        throw invalid(`Missing required parameter: '${param}.call_id'.`, { param, code: 'missing_required_parameter' });
      }
      open.set(id, name);
      return { role: 'assistant', text: JSON.stringify({ name, arguments: text }) };
    }
    case 'function_call_output': {
      const id = String(item['call_id']);
      const toolName = open.get(id);
      if (toolName === undefined) {
        throw invalid(`No tool call found for function call output with call_id ${id}.`, { param: 'input' });
      }
      open.delete(id);
      const output: unknown = item['output'];
      const text = typeof output === 'string' ? output : readContent(output, `${param}.output`).text;
      return { role: 'tool', toolName, text };
    }
    default:
      throw invalid(`Invalid value: '${String(item['type'])}'.`, { param: `${param}.type`, code: 'invalid_value' });
  }
}

function readMessage(item: InputRecord, param: string): ReadMessage {
  const { role } = item;
  const content = readContent(item['content'], `${param}.content`);
  if (role === 'system' || role === 'developer') return { role: 'instructions', text: content.text };
  if (role === 'user' || role === 'assistant') return { role, ...content };
  throw invalid(`Invalid value: ${JSON.stringify(role)}.`, { param: `${param}.role`, code: 'invalid_value' });
}

function readContent(content: unknown, param: string): { text: string; attachments?: readonly Attachment[] } {
  if (typeof content === 'string') return { text: content };
  if (!Array.isArray(content)) throw invalid(`Invalid type for '${param}'.`, { param, code: 'invalid_type' });
  const texts: string[] = [];
  const attachments: Attachment[] = [];
  for (const [index, part] of (content as readonly unknown[]).entries()) {
    const at = `${param}[${index}]`;
    const type: unknown = isRecord(part) ? part['type'] : undefined;
    if (!isRecord(part)) throw invalid(`Invalid type for '${at}'.`, { param: at, code: 'invalid_type' });
    if (type === 'input_image') attachments.push(common.readImage(part['image_url'], at));
    else if (type === 'input_file') attachments.push(common.readFile(part, at));
    else if ((type === 'input_text' || type === 'output_text') && typeof part['text'] === 'string') {
      texts.push(part['text']);
    } else if (type === 'refusal' && typeof part['refusal'] === 'string') texts.push(part['refusal']);
    else throw invalid(`Invalid value: ${JSON.stringify(type)}.`, { param: `${at}.type`, code: 'invalid_value' });
  }
  const text = texts.filter((one) => one !== '').join('\n');
  return attachments.length === 0 ? { text } : { text, attachments };
}

function readSchema(text: unknown): InputRecord | undefined {
  const format: unknown = isRecord(text) ? text['format'] : undefined;
  if (!isRecord(format) || format['type'] !== 'json_schema') return undefined;
  return common.readJsonSchema(format, 'text.format');
}
