import type { OpenAI } from 'openai';
import type { ModelRequest, OutputFormat } from '../../contracts/model';
import type { EndpointSettings } from '../../contracts/settings';
import { toStrictSchema } from './strict-schema';

type ChatRequest = OpenAI.Chat.ChatCompletionCreateParamsStreaming;

/**
 * Reasoning models refuse any temperature but 1 with a 400, which would end a step that falls back to one of them.
 * Their `-chat` variants do not reason.
 */
const refusesTemperature = /^(?:o\d|gpt-5)(?!.*-chat)/;

export function mapRequest(request: ModelRequest, endpoint: EndpointSettings): ChatRequest {
  const { parameters, system, messages, model, output } = request;
  const { temperature, seed } = parameters;
  return {
    model,
    messages: [...(system === undefined ? [] : [{ role: 'system' as const, content: system }]), ...messages],
    stream: true,
    stream_options: { include_usage: true },
    // A tier with a smaller model must not fail because the prompt was written for a larger one.
    max_completion_tokens: Math.min(parameters.maxOutputTokens, endpoint.maxOutputTokens),
    ...(temperature === undefined || refusesTemperature.test(model) ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed }),
    ...(output === undefined ? {} : { response_format: mapOutput(output) }),
  };
}

function mapOutput({ name, schema }: OutputFormat): NonNullable<ChatRequest['response_format']> {
  const strict = toStrictSchema(schema);
  return {
    type: 'json_schema',
    json_schema: { name, schema: { ...(strict ?? schema) }, strict: strict !== undefined },
  };
}
