import type Anthropic from '@anthropic-ai/sdk';
import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import type { ModelRequest, OutputFormat, ToolDefinition } from '../../contracts/model';
import { capabilitiesOf } from '../../contracts/model-capabilities';
import type { EndpointSettings } from '../../contracts/settings';
import { systemWithSchema } from '../prompted-schema';
import { isRecord } from '../wire-value';
import { mapMessages } from './map-messages';
import { mapThinking } from './map-thinking';

type MessagesRequest = Anthropic.MessageCreateParamsStreaming;

/**
 * Temperature and seed are left out: API version 2026-10-21, which this SDK speaks, answers 400 to any temperature,
 * the default included, and has never known a seed.
 */
export function mapRequest(request: ModelRequest, endpoint: EndpointSettings): MessagesRequest {
  const { model, messages, parameters, output, tools = [] } = request;
  // A tier with a smaller model must not fail because the prompt was written for a larger one.
  const maxTokens = Math.min(parameters.maxOutputTokens, endpoint.maxOutputTokens);
  const { thinking, effort } = mapThinking(request, endpoint, maxTokens);
  const format = output === undefined || !capabilitiesOf(endpoint).schema ? undefined : mapOutput(output);
  const system = format === undefined ? systemWithSchema(request) : request.system;
  const outputConfig = { ...(format === undefined ? {} : { format }), ...(effort === undefined ? {} : { effort }) };
  return {
    model,
    messages: mapMessages(messages, endpoint),
    stream: true,
    max_tokens: maxTokens,
    ...(system === undefined || system === '' ? {} : { system }),
    ...(tools.length === 0 ? {} : { tools: tools.map(mapTool) }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(Object.keys(outputConfig).length === 0 ? {} : { output_config: outputConfig }),
  };
}

function mapTool({ name, description, inputSchema }: ToolDefinition): Anthropic.Tool {
  return { name, description, input_schema: { ...inputSchema, type: 'object' } };
}

/** The SDK moves constraints the API does not take into descriptions. Undefined when the schema cannot be said there. */
function mapOutput({ schema }: OutputFormat): Anthropic.JSONOutputFormat | undefined {
  if (!isClosed(schema)) return undefined;
  try {
    return { type: 'json_schema', schema: transformJSONSchema(schema) };
  } catch {
    return undefined; // A node without a type: valid JSON Schema, but nothing the API can take.
  }
}

/** The API closes every object, so one with free keys could only ever be answered empty. */
function isClosed(node: unknown): boolean {
  if (Array.isArray(node)) return node.every(isClosed);
  if (!isRecord(node)) return true;
  const isFreeForm = node['type'] === 'object' && node['properties'] === undefined;
  return !isFreeForm && (node['additionalProperties'] ?? false) === false && Object.values(node).every(isClosed);
}
