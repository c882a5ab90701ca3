/** Reads a Messages request. */
import { isRecord } from '../../read-input';
import type { InputRecord } from '../../read-input';
import type { EndpointSettings } from '../../settings';
import { countInput } from '../count-input';
import { headerOf } from '../provider';
import { checkBoundlessSchema } from '../strict-schema';
import { textOfContent } from '../text-of-content';
import type { ModelCall, RequestFrame, ServedModel, Tool, ToolChoice } from '../wire-format';
import { invalidRequest } from './errors';
import { readMessages } from './read-messages';
import { readThinking } from './thinking';

/** Tokens that frame a message and a conversation. */
const framing = { tokensPerMessage: 3, tokensPerConversation: 5 } as const;

export function parseMessagesRequest(body: unknown, served: ServedModel, frame: RequestFrame): ModelCall {
  const { settings } = served;
  if (!isRecord(body)) throw invalidRequest('Input should be a valid dictionary');
  checkVersion(body, headerOf(frame.headers, 'anthropic-version'));
  const model = readModel(body['model'], settings, frame);
  const requested = readMaxTokens(body['max_tokens'], model, settings);
  const thinking = readThinking(body, requested);
  const messages = readMessages(body['messages'], thinking);
  const instructions = body['system'] === undefined ? '' : textOfContent(body['system']);
  if (instructions === undefined) throw invalidRequest('system: Input should be a valid string or list of text blocks');
  const schema = readSchema(body['output_config']);
  const tools = readTools(body['tools']);
  const input = { instructions, messages, tools, ...(schema === undefined ? {} : { schema }) };
  const inputTokens = countInput(input, { messages: messages.length, ...framing }, served);
  const windowLeft = settings.contextWindow - inputTokens;
  if (windowLeft < 1) {
    throw invalidRequest(`prompt is too long: ${inputTokens} tokens > ${settings.contextWindow} maximum`);
  }
  return {
    model,
    ...input,
    toolChoice: readToolChoice(body['tool_choice'], tools),
    reasoningTokens: thinking.tokens,
    showsReasoning: thinking.tokens > 0,
    inputTokens,
    outputLimit: Math.min(requested, windowLeft),
    limitFinish: requested > windowLeft ? 'contextWindow' : 'length',
    upfrontTokens: inputTokens,
    isStream: body['stream'] === true,
    includesUsage: true,
    isBackground: false,
    body,
  };
}

/** API versions are dates. The one of 2026-10-21 took the sampling parameters away. */
const versionWithoutSampling = '2026-10-21';

function checkVersion(body: InputRecord, version: string | undefined): void {
  if (version === undefined) throw invalidRequest('anthropic-version: header is required');
  if (version < versionWithoutSampling) return;
  const extra = ['temperature', 'top_p', 'top_k'].find((parameter) => body[parameter] !== undefined);
  if (extra !== undefined) throw invalidRequest(`${extra}: Extra inputs are not permitted`);
}

function readModel(model: unknown, settings: EndpointSettings, { errors }: RequestFrame): string {
  if (typeof model !== 'string' || model === '') throw invalidRequest('model: Field required');
  if (settings.models?.includes(model) === false) throw errors.unknownModel(model);
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

function readTools(tools: unknown): Tool[] {
  if (tools === undefined) return [];
  if (!Array.isArray(tools)) throw invalidRequest('tools: Input should be a valid list');
  return tools.map((tool: unknown, index) => {
    const at = `tools.${index}.custom`;
    if (!isRecord(tool)) throw invalidRequest(`${at}: Input should be a valid dictionary`);
    const { name, input_schema: schema, description } = tool;
    if (typeof name !== 'string' || !/^[\w-]{1,128}$/.test(name)) {
      throw invalidRequest(`${at}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    if (!isRecord(schema)) throw invalidRequest(`${at}.input_schema: Field required`);
    if (schema['type'] !== 'object') throw invalidRequest(`${at}.input_schema.type: Input should be 'object'`);
    return { name, description: typeof description === 'string' ? description : '', schema };
  });
}

function readToolChoice(choice: unknown, tools: readonly Tool[]): ToolChoice {
  if (choice === undefined) return 'auto';
  const type: unknown = isRecord(choice) ? choice['type'] : undefined;
  if (type === 'auto' || type === 'none') return type;
  if (tools.length === 0) throw invalidRequest('tool_choice: may only be specified while providing tools');
  if (type === 'any') return 'required';
  const name: unknown = isRecord(choice) && type === 'tool' ? choice['name'] : undefined;
  if (typeof name === 'string' && tools.some((tool) => tool.name === name)) return { name };
  throw invalidRequest('tool_choice: Input does not match any of the expected tags');
}
