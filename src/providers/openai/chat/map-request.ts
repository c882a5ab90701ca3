import type { OpenAI } from 'openai';
import { capabilitiesOf } from '../../../contracts/model-capabilities';
import type { Attachment, ModelMessage, ModelRequest, OutputFormat, ToolDefinition } from '../../../contracts/model';
import type { EndpointSettings } from '../../../contracts/settings';
import { systemWithSchema } from '../../prompted-schema';
import { callIdOf, dataUrlOf, toolResultOf } from '../message-parts';
import { toStrictSchema } from '../strict-schema';

export type ChatRequest = OpenAI.Chat.ChatCompletionCreateParamsStreaming;
type ChatMessage = OpenAI.Chat.ChatCompletionMessageParam;
type ContentPart = OpenAI.Chat.ChatCompletionContentPart;

/** What the model does not take is left out: a tier with another model must not fail because of the prompt's own. */
export function mapRequest(request: ModelRequest, endpoint: EndpointSettings): ChatRequest {
  const { parameters, messages, output, tools = [] } = request;
  const { temperature, seed, reasoningEffort } = parameters;
  const takes = capabilitiesOf(endpoint);
  const system = takes.schema ? request.system : systemWithSchema(request);
  return {
    model: endpoint.deployment ?? request.model,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
      ...messages.map(mapMessage),
    ],
    stream: true,
    stream_options: { include_usage: true },
    // A tier with a smaller model must not fail because the prompt was written for a larger one.
    max_completion_tokens: Math.min(parameters.maxOutputTokens, endpoint.maxOutputTokens),
    ...(temperature === undefined || !takes.temperature ? {} : { temperature }),
    ...(seed === undefined || !takes.seed ? {} : { seed }),
    ...(reasoningEffort === undefined || !takes.reasoningEffort ? {} : { reasoning_effort: reasoningEffort }),
    ...(tools.length === 0 ? {} : { tools: tools.map(mapTool) }),
    ...(output === undefined ? {} : mapOutput(output, takes.schema)),
  };
}

function mapMessage(message: ModelMessage): ChatMessage {
  switch (message.role) {
    case 'user': {
      const { role, content, attachments = [] } = message;
      if (attachments.length === 0) return { role, content };
      return { role, content: [...attachments.map(mapAttachment), { type: 'text', text: content }] };
    }
    case 'assistant': {
      const { role, content, toolCalls = [] } = message;
      if (toolCalls.length === 0) return { role, content };
      const calls = toolCalls.map((call) => ({
        id: callIdOf(call.id),
        type: 'function' as const,
        function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      }));
      return { role, content, tool_calls: calls };
    }
    case 'tool':
      return { role: 'tool', tool_call_id: callIdOf(message.toolCallId), content: toolResultOf(message) };
  }
}

function mapAttachment(attachment: Attachment): ContentPart {
  const url = dataUrlOf(attachment);
  return attachment.kind === 'image'
    ? { type: 'image_url', image_url: { url } }
    : { type: 'file', file: { filename: attachment.name, file_data: url } };
}

function mapTool({ name, description, inputSchema }: ToolDefinition): OpenAI.Chat.ChatCompletionTool {
  const strict = toStrictSchema(inputSchema);
  return {
    type: 'function',
    function: { name, description, parameters: { ...(strict ?? inputSchema) }, strict: strict !== undefined },
  };
}

/** JSON mode gives an object and nothing else. */
function mapOutput({ name, schema }: OutputFormat, isNative: boolean): Pick<ChatRequest, 'response_format'> {
  if (!isNative) return schema['type'] === 'object' ? { response_format: { type: 'json_object' } } : {};
  const strict = toStrictSchema(schema);
  return {
    response_format: {
      type: 'json_schema',
      json_schema: { name, schema: { ...(strict ?? schema) }, strict: strict !== undefined },
    },
  };
}
