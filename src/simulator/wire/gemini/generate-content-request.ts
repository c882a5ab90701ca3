/** Reads a generateContent request. Field names in camelCase, as the SDK writes them. */
import { isRecord } from '../../read-input';
import type { InputRecord } from '../../read-input';
import type { EndpointSettings } from '../../settings';
import { countInput } from '../count-input';
import { isEffort, tokensOfBudget, tokensOfEffort } from '../reasoning-tokens';
import { textOfContent } from '../text-of-content';
import type { ModelCall, RequestFrame, ServedModel, Tool, ToolChoice } from '../wire-format';
import { invalidArgument } from './errors';
import { readContents } from './read-contents';
import { toJsonSchema } from './response-schema';

/** Tokens that frame a message and a conversation. */
const framing = { tokensPerMessage: 2, tokensPerConversation: 1 } as const;

const knownFields = [
  'contents',
  'systemInstruction',
  'generationConfig',
  'tools',
  'toolConfig',
  'safetySettings',
  'cachedContent',
  'labels',
  'model',
  'serviceTier',
  'store',
];

export function parseGenerateContentRequest(body: unknown, served: ServedModel, frame: RequestFrame): ModelCall {
  const { settings } = served;
  if (!isRecord(body)) throw invalidArgument('Invalid JSON payload received. Expected an object.');
  checkFields(body, knownFields, '');
  const { model = '' } = frame;
  if (settings.models?.includes(model) === false) throw frame.errors.unknownModel(model);
  const config = recordAt(body, 'generationConfig');
  const tools = readTools(body['tools']);
  const schema = readSchema(config);
  const messages = readContents(body['contents'], model);
  const input = { instructions: readInstructions(body), messages, tools, ...(schema === undefined ? {} : { schema }) };
  const inputTokens = countInput(input, { messages: messages.length, ...framing }, served);
  if (inputTokens > settings.contextWindow) {
    const rule = `exceeds the maximum number of tokens allowed (${settings.contextWindow}).`;
    throw invalidArgument(`The input token count (${inputTokens}) ${rule}`);
  }
  const requested = readMaxOutput(config, settings);
  const thinking = recordAt(config, 'thinkingConfig');
  return {
    model,
    ...input,
    toolChoice: readToolChoice(body, tools),
    reasoningTokens: readThinking(thinking),
    showsReasoning: thinking['includeThoughts'] === true,
    inputTokens,
    outputLimit: requested ?? settings.maxOutputTokens,
    limitFinish: 'length',
    upfrontTokens: inputTokens,
    isStream: frame.isStream === true,
    includesUsage: true,
    isBackground: false,
    body,
  };
}

function checkFields(record: InputRecord, known: readonly string[], at: string): void {
  const unknown = Object.keys(record).find((field) => !known.includes(field));
  if (unknown === undefined) return;
  const place = at === '' ? '' : ` at '${at}'`;
  throw invalidArgument(`Invalid JSON payload received. Unknown name "${unknown}"${place}: Cannot find field.`);
}

/** The object at a field, empty when absent. */
function recordAt(record: InputRecord, field: string): InputRecord {
  const value = record[field] ?? {};
  if (!isRecord(value)) throw invalidArgument(`Invalid value at '${field}': expected an object.`);
  return value;
}

function readInstructions(body: InputRecord): string {
  const { systemInstruction } = body;
  if (systemInstruction === undefined) return '';
  const text = isRecord(systemInstruction) ? textOfContent(systemInstruction['parts']) : undefined;
  if (text === undefined) throw invalidArgument("Invalid value at 'system_instruction'.");
  return text;
}

function readMaxOutput(config: InputRecord, { maxOutputTokens: most }: EndpointSettings): number | undefined {
  const cap = config['maxOutputTokens'];
  if (cap === undefined) return undefined;
  if (typeof cap === 'number' && Number.isInteger(cap) && cap >= 1 && cap <= most) return cap;
  const range = `from 1 (inclusive) to ${most + 1} (exclusive)`;
  throw invalidArgument(
    `Unable to submit request because it has a maxOutputTokens value of ${JSON.stringify(cap)} but the supported range is ${range}.`,
  );
}

function readThinking({ thinkingBudget: budget, thinkingLevel: level }: InputRecord): number {
  if (budget !== undefined && level !== undefined) {
    throw invalidArgument('You can only set only one of thinking budget and thinking level.');
  }
  if (budget !== undefined) {
    if (typeof budget !== 'number' || budget < -1)
      throw invalidArgument(`The thinking budget ${JSON.stringify(budget)} is invalid.`);
    return budget === -1 ? tokensOfEffort.medium : tokensOfBudget(budget);
  }
  if (level === undefined) return 0;
  const effort = typeof level === 'string' ? level.toLowerCase() : undefined;
  if (isEffort(effort) && ['minimal', 'low', 'medium', 'high'].includes(effort)) return tokensOfEffort[effort];
  throw invalidArgument(
    `Invalid value at 'generation_config.thinking_config.thinking_level': ${JSON.stringify(level)}`,
  );
}

function readSchema(config: InputRecord): InputRecord | undefined {
  const { responseJsonSchema, responseSchema, responseMimeType } = config;
  const schema = responseJsonSchema ?? responseSchema;
  if (schema === undefined) return undefined;
  if (responseMimeType !== 'application/json') {
    throw invalidArgument('Response schema is only supported with response mime type application/json.');
  }
  if (!isRecord(schema)) throw invalidArgument("Invalid value at 'generation_config.response_schema'.");
  return responseJsonSchema === undefined ? toJsonSchema(schema) : schema;
}

function readTools(tools: unknown): Tool[] {
  if (tools === undefined) return [];
  if (!Array.isArray(tools)) throw invalidArgument("Invalid value at 'tools': expected a list.");
  const declarations = tools.flatMap((tool: unknown): readonly unknown[] => {
    const list: unknown = isRecord(tool) ? tool['functionDeclarations'] : undefined;
    return Array.isArray(list) ? (list as readonly unknown[]) : [];
  });
  return declarations.map((declaration, index) => {
    const name: unknown = isRecord(declaration) ? declaration['name'] : undefined;
    if (!isRecord(declaration) || typeof name !== 'string' || !/^[A-Za-z_][\w.:-]{0,63}$/.test(name)) {
      const rule = 'Must start with a letter or an underscore.';
      throw invalidArgument(`Invalid function name at tools[0].function_declarations[${index}].name. ${rule}`);
    }
    const { parametersJsonSchema, parameters, description } = declaration;
    const given = isRecord(parametersJsonSchema)
      ? parametersJsonSchema
      : toJsonSchema(isRecord(parameters) ? parameters : { type: 'OBJECT', properties: {} });
    return { name, description: typeof description === 'string' ? description : '', schema: given };
  });
}

function readToolChoice(body: InputRecord, tools: readonly Tool[]): ToolChoice {
  const { mode, allowedFunctionNames } = recordAt(recordAt(body, 'toolConfig'), 'functionCallingConfig');
  if (mode === 'NONE') return 'none';
  if (mode !== 'ANY') return 'auto';
  if (tools.length === 0) {
    throw invalidArgument('Function calling mode ANY requires at least one function declaration.');
  }
  const names: readonly unknown[] = Array.isArray(allowedFunctionNames) ? allowedFunctionNames : [];
  const allowed = tools.find((tool) => names.includes(tool.name));
  return allowed === undefined ? 'required' : { name: allowed.name };
}
