import type { GenerateContentConfig, GenerateContentParameters } from '@google/genai';
import type { ModelRequest, ToolDefinition } from '../../contracts/model';
import { capabilitiesOf } from '../../contracts/model-capabilities';
import type { EndpointSettings } from '../../contracts/settings';
import { systemWithSchema } from '../prompted-schema';
import { isBeforeGemini3 } from './generation';
import { mapContents } from './map-contents';
import { mapThinking } from './map-thinking';

type GeminiRequest = GenerateContentParameters & { config: GenerateContentConfig };

export function mapRequest(request: ModelRequest, endpoint: EndpointSettings): GeminiRequest {
  const { model, messages, parameters, output, tools = [] } = request;
  const { temperature, seed, reasoningEffort } = parameters;
  const takes = capabilitiesOf(endpoint);
  const isNative = output !== undefined && takes.schema && !(tools.length > 0 && isBeforeGemini3(model));
  const system = isNative ? request.system : systemWithSchema(request);
  // A tier with a smaller model must not fail because the prompt was written for a larger one.
  const maxOutputTokens = Math.min(parameters.maxOutputTokens, endpoint.maxOutputTokens);
  return {
    model,
    contents: mapContents(messages, endpoint),
    config: {
      maxOutputTokens,
      ...(system === undefined || system === '' ? {} : { systemInstruction: { parts: [{ text: system }] } }),
      ...(temperature === undefined || !takes.temperature ? {} : { temperature }),
      ...(seed === undefined || !takes.seed ? {} : { seed }),
      ...(reasoningEffort === undefined || !takes.reasoningEffort
        ? {}
        : { thinkingConfig: mapThinking(reasoningEffort, model, maxOutputTokens) }),
      ...(isNative ? { responseMimeType: 'application/json', responseJsonSchema: output.schema } : {}),
      ...(tools.length === 0 ? {} : { tools: [{ functionDeclarations: tools.map(mapTool) }] }),
      // The SDK would go on with an answer that was cut, and call functions, in requests of its own.
      automaticContinuation: false,
      automaticFunctionCalling: { disable: true },
    },
  };
}

function mapTool({ name, description, inputSchema }: ToolDefinition): {
  name: string;
  description: string;
  parametersJsonSchema: unknown;
} {
  return { name, description, parametersJsonSchema: inputSchema };
}
