/** What Chat Completions and Responses read in the same way. */
import { isRecord } from '../../read-input';
import type { InputRecord } from '../../read-input';
import type { EndpointSettings } from '../../settings';
import { attachmentOfUrl, pdfType } from '../attachments';
import type { ProviderError } from '../provider-error';
import { efforts, isEffort, tokensOfEffort } from '../reasoning-tokens';
import { checkStrictSchema } from '../strict-schema';
import type { Attachment, RequestFrame, Tool, ToolChoice } from '../wire-format';
import { invalid } from './errors';

/** Tokens that frame a message and a conversation. */
export const framing = { tokensPerMessage: 4, tokensPerConversation: 3 } as const;

export function readBody(body: unknown): InputRecord {
  if (!isRecord(body)) throw invalid('We expected the body to be a JSON object.');
  return body;
}

/** The path names it at Azure, the body elsewhere. */
export function readModel(
  body: InputRecord,
  settings: EndpointSettings,
  { model: named, errors }: RequestFrame,
): string {
  const model = named ?? body['model'];
  if (typeof model !== 'string' || model === '') {
    throw invalid('you must provide a model parameter', { param: 'model' });
  }
  if (settings.models?.includes(model) === false) throw errors.unknownModel(model);
  return model;
}

const reasoningModel = /^(?:o\d|gpt-5)(?!.*-chat)/;
const alwaysReasoning = /^o\d/;

export interface ReasoningParameters {
  readonly effort: unknown;
  /** Where the effort stands. */
  readonly effortParam: string;
  /** Responses knows no sampling parameter for a reasoning model; chat takes its default. */
  readonly takesDefaults: boolean;
}

/**
 * Reasoning models take no sampling parameters, the others no effort. Without an effort `gpt-5*` does not reason, as is
 * the default since GPT-5.1, and `o*` does at medium effort.
 */
export function readReasoning(body: InputRecord, model: string, parameters: ReasoningParameters): number {
  const { effort, effortParam: param, takesDefaults } = parameters;
  const isGiven = effort !== undefined && effort !== null;
  if (!reasoningModel.test(model)) {
    if (!isGiven) return 0;
    const message = `Unsupported parameter: '${param}' is not supported with this model.`;
    throw invalid(message, { param, code: 'unsupported_parameter' });
  }
  checkSampling(body, takesDefaults);
  if (!isGiven) return alwaysReasoning.test(model) ? tokensOfEffort.medium : 0;
  if (isEffort(effort)) return tokensOfEffort[effort];
  const message = `Invalid value: ${JSON.stringify(effort)}. Supported values are: ${efforts.join(', ')}.`;
  throw invalid(message, { param, code: 'invalid_value' });
}

function checkSampling(body: InputRecord, takesDefaults: boolean): void {
  for (const param of ['temperature', 'top_p']) {
    const value = body[param];
    if (value === undefined || value === null) continue;
    if (!takesDefaults) {
      const message = `Unsupported parameter: '${param}' is not supported with this model.`;
      throw invalid(message, { param, code: 'unsupported_parameter' });
    }
    if (value === 1) continue;
    const only = 'Only the default (1) value is supported.';
    const message = `Unsupported value: '${param}' does not support ${JSON.stringify(value)} with this model. ${only}`;
    throw invalid(message, { param, code: 'unsupported_value' });
  }
}

/** `definition` is what holds `name`, `schema` and `strict`; it stands at `param`. */
export function readJsonSchema(definition: unknown, param: string, formatParam = param): InputRecord {
  if (!isRecord(definition)) throw invalid(`Missing required parameter: '${param}'.`, { param: formatParam });
  const { name, schema } = definition;
  if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) {
    const message = `Invalid '${param}.name': expected 1 to 64 of a-z A-Z 0-9 _ -.`;
    throw invalid(message, { param: `${param}.name`, code: 'invalid_value' });
  }
  if (!isRecord(schema)) throw invalid(`Missing required parameter: '${param}.schema'.`, { param: formatParam });
  const problem = definition['strict'] === true ? checkStrictSchema(schema) : undefined;
  if (problem !== undefined) {
    const message = `Invalid schema for response_format '${name}': ${problem}`;
    throw invalid(message, { param: formatParam, code: 'invalid_json_schema' });
  }
  return schema;
}

/** `functionOf` finds the definition within a tool: nested in chat, the tool itself in Responses. */
export function readTools(tools: unknown, functionOf: (tool: InputRecord) => unknown): Tool[] {
  if (tools === undefined || tools === null) return [];
  if (!Array.isArray(tools)) throw invalid("Invalid type for 'tools': expected an array.", { param: 'tools' });
  return tools.map((tool: unknown, index) => {
    const param = `tools[${index}]`;
    if (!isRecord(tool) || tool['type'] !== 'function') {
      throw invalid(`Invalid value: '${param}.type'. Supported values are: 'function'.`, { param });
    }
    const definition = functionOf(tool);
    const name: unknown = isRecord(definition) ? definition['name'] : undefined;
    if (!isRecord(definition) || typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) {
      throw invalid(`Invalid '${param}.name': expected 1 to 64 of a-z A-Z 0-9 _ -.`, { param, code: 'invalid_value' });
    }
    const { description } = definition;
    const schema = isRecord(definition['parameters']) ? definition['parameters'] : { type: 'object', properties: {} };
    const problem = definition['strict'] === true ? checkStrictSchema(schema) : undefined;
    if (problem !== undefined) {
      const message = `Invalid schema for function '${name}': ${problem}`;
      throw invalid(message, { param: `${param}.parameters`, code: 'invalid_function_parameters' });
    }
    return { name, description: typeof description === 'string' ? description : '', schema };
  });
}

export function readToolChoice(choice: unknown, tools: readonly Tool[]): ToolChoice {
  if (choice === undefined || choice === null || choice === 'auto') return 'auto';
  if (choice === 'none') return 'none';
  if (tools.length === 0) {
    throw invalid("'tool_choice' is only allowed when 'tools' are specified.", { param: 'tool_choice' });
  }
  if (choice === 'required') return 'required';
  const named = isRecord(choice) ? (isRecord(choice['function']) ? choice['function'] : choice)['name'] : undefined;
  if (typeof named === 'string' && tools.some((tool) => tool.name === named)) return { name: named };
  throw invalid("Invalid value for 'tool_choice'.", { param: 'tool_choice', code: 'invalid_value' });
}

/** An image as a data URL. */
export function readImage(url: unknown, param: string): Attachment {
  const image = attachmentOfUrl(url);
  if (image?.kind === 'image') return image;
  throw invalid(
    "Invalid image data: expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1n...').",
    { param, code: 'invalid_base64_image' },
  );
}

/** A PDF as a data URL, with its name. */
export function readFile(file: InputRecord, param: string): Attachment {
  const data = attachmentOfUrl(file['file_data']);
  if (typeof file['filename'] !== 'string' || file['filename'] === '') {
    throw invalid(`Missing required parameter: '${param}.filename'.`, { param, code: 'missing_required_parameter' });
  }
  if (data?.kind === 'pdf') return data;
  const message = `Invalid file data: expected a base64-encoded data URL with MIME type '${pdfType}'.`;
  throw invalid(message, { param: `${param}.file_data`, code: 'invalid_value' });
}

/** The cap a request sets itself in one of these parameters; of several the largest, as it is charged. */
export function readCap(body: InputRecord, params: readonly string[], settings: EndpointSettings): number | undefined {
  const caps = params.flatMap((param) => {
    const cap = body[param];
    if (cap === undefined || cap === null) return [];
    if (typeof cap !== 'number' || !Number.isInteger(cap) || cap < 1) {
      throw invalid(`Invalid '${param}': integer below minimum value. Expected a value >= 1.`, { param });
    }
    if (cap > settings.maxOutputTokens) {
      const most = `This model supports at most ${settings.maxOutputTokens} completion tokens`;
      const message = `${param} is too large: ${cap}. ${most}, whereas you provided ${cap}.`;
      throw invalid(message, { param, code: 'invalid_value' });
    }
    return [cap];
  });
  return caps.length === 0 ? undefined : Math.max(...caps);
}

export interface Sizes {
  readonly inputTokens: number;
  readonly requested: number | undefined;
  /** The parameter the prompt stands in. */
  readonly param: string;
}

/** What the limits are charged, and how long the answer may be. Throws when the context window is too small. */
export function sizeCall(
  { inputTokens, requested, param }: Sizes,
  settings: EndpointSettings,
): { inputTokens: number; outputLimit: number; upfrontTokens: number } {
  const windowLeft = settings.contextWindow - inputTokens;
  if (windowLeft < (requested ?? 1)) throw contextTooLong(settings, { inputTokens, requested, param });
  return {
    inputTokens,
    outputLimit: requested ?? Math.min(settings.maxOutputTokens, windowLeft),
    upfrontTokens: inputTokens + (requested ?? 0),
  };
}

function contextTooLong(settings: EndpointSettings, { inputTokens, requested = 0, param }: Sizes): ProviderError {
  const asked = `you requested ${inputTokens + requested} tokens (${inputTokens} in the messages, ${requested} in the completion)`;
  const message = `This model's maximum context length is ${settings.contextWindow} tokens. However, ${asked}. Please reduce the length of the messages or completion.`;
  return invalid(message, { param, code: 'context_length_exceeded' });
}
