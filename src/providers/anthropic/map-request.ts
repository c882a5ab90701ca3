import type Anthropic from '@anthropic-ai/sdk';
import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import type { ModelRequest, OutputFormat } from '../../contracts/model';
import type { EndpointSettings, JsonSchema } from '../../contracts/settings';
import { isRecord } from '../wire-value';

type MessagesRequest = Anthropic.MessageCreateParamsStreaming;

/**
 * Temperature and seed are left out: API version 2026-10-21, which this SDK speaks, answers 400 to any temperature,
 * the default included, and has never known a seed.
 */
export function mapRequest(request: ModelRequest, endpoint: EndpointSettings): MessagesRequest {
  const { model, messages, parameters, output } = request;
  const format = output === undefined ? undefined : mapOutput(output);
  const inWords = output !== undefined && format === undefined ? describeOutput(output) : undefined;
  const system = [request.system, inWords].filter((part) => part !== undefined).join('\n\n');
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    // A tier with a smaller model must not fail because the prompt was written for a larger one.
    max_tokens: Math.min(parameters.maxOutputTokens, endpoint.maxOutputTokens),
    ...(system === '' ? {} : { system }),
    ...(format === undefined ? {} : { output_config: { format } }),
  };
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

function describeOutput({ schema }: { schema: JsonSchema }): string {
  return `Answer with one JSON document of this JSON Schema and nothing else:\n${JSON.stringify(schema)}`;
}
