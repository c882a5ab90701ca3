import type { OpenAI } from 'openai';
import { capabilitiesOf } from '../../../contracts/model-capabilities';
import type { Attachment, ModelMessage, ModelRequest, OutputFormat, ToolDefinition } from '../../../contracts/model';
import type { EndpointSettings, ModelCapabilities } from '../../../contracts/settings';
import { describeSchema } from '../../prompted-schema';
import { callIdOf, dataUrlOf, toolResultOf } from '../message-parts';
import { toStrictSchema } from '../strict-schema';
import { carriedItemsOf } from './carried-items';

export type ResponsesRequest = OpenAI.Responses.ResponseCreateParamsStreaming;
type InputItem = OpenAI.Responses.ResponseInputItem;
type InputPart = OpenAI.Responses.ResponseInputContent;

/** With less, the whole request is refused. */
const leastOutputTokens = 16;

/**
 * What the model does not take is left out; a seed has no place here at all. Nothing is kept at OpenAI unless the call
 * is to go on without us.
 */
export function mapRequest(
  request: ModelRequest,
  endpoint: EndpointSettings,
  { isBackground }: { isBackground: boolean },
): ResponsesRequest {
  const { system, parameters, output, messages, tools = [] } = request;
  const takes = capabilitiesOf(endpoint);
  const prompted = output === undefined || takes.schema ? [] : [describedOutput(output)];
  return {
    model: endpoint.deployment ?? request.model,
    input: [...prompted, ...messages.flatMap((message) => mapMessage(message, endpoint))],
    stream: true,
    ...(isBackground ? { background: true, store: true } : { store: false }),
    // A tier with a smaller model must not fail because the prompt was written for a larger one.
    max_output_tokens: Math.max(leastOutputTokens, Math.min(parameters.maxOutputTokens, endpoint.maxOutputTokens)),
    ...(system === undefined ? {} : { instructions: system }),
    ...mapParameters(parameters, takes),
    ...(tools.length === 0 ? {} : { tools: tools.map(mapTool) }),
    ...(output === undefined ? {} : mapOutput(output, takes.schema)),
  };
}

/** Without `include`, the reasoning behind a tool call could not be given back, for nothing of it is kept there. */
function mapParameters(
  { temperature, reasoningEffort }: ModelRequest['parameters'],
  takes: ModelCapabilities,
): Pick<ResponsesRequest, 'temperature' | 'reasoning' | 'include'> {
  return {
    ...(temperature === undefined || !takes.temperature ? {} : { temperature }),
    ...(reasoningEffort === undefined || !takes.reasoningEffort ? {} : { reasoning: { effort: reasoningEffort } }),
    ...(takes.reasoningEffort ? { include: ['reasoning.encrypted_content'] } : {}),
  };
}

function mapMessage(message: ModelMessage, endpoint: EndpointSettings): InputItem[] {
  switch (message.role) {
    case 'user': {
      const { role, content, attachments = [] } = message;
      if (attachments.length === 0) return [{ role, content }];
      return [{ role, content: [...attachments.map(mapAttachment), { type: 'input_text', text: content }] }];
    }
    case 'assistant': {
      const { role, content, toolCalls = [], carried } = message;
      const items = carriedItemsOf(carried, endpoint);
      if (items !== undefined) return items;
      const text: InputItem[] = content === '' ? [] : [{ role, content }];
      const calls = toolCalls.map((call) => ({
        type: 'function_call' as const,
        call_id: callIdOf(call.id),
        name: call.name,
        arguments: JSON.stringify(call.arguments),
      }));
      return [...text, ...calls];
    }
    case 'tool':
      return [{ type: 'function_call_output', call_id: callIdOf(message.toolCallId), output: toolResultOf(message) }];
  }
}

function mapAttachment(attachment: Attachment): InputPart {
  const url = dataUrlOf(attachment);
  return attachment.kind === 'image'
    ? { type: 'input_image', detail: 'auto', image_url: url }
    : { type: 'input_file', filename: attachment.name, file_data: url };
}

function mapTool({ name, description, inputSchema }: ToolDefinition): OpenAI.Responses.FunctionTool {
  const strict = toStrictSchema(inputSchema);
  return {
    type: 'function',
    name,
    description,
    parameters: { ...(strict ?? inputSchema) },
    strict: strict !== undefined,
  };
}

/** JSON mode looks for the word in the input, not in the instructions. */
function describedOutput(output: OutputFormat): InputItem {
  return { role: 'system', content: describeSchema(output) };
}

/** JSON mode gives an object and nothing else. */
function mapOutput({ name, schema }: OutputFormat, isNative: boolean): Pick<ResponsesRequest, 'text'> {
  if (!isNative) return schema['type'] === 'object' ? { text: { format: { type: 'json_object' } } } : {};
  const strict = toStrictSchema(schema);
  return {
    text: {
      format: { type: 'json_schema', name, schema: { ...(strict ?? schema) }, strict: strict !== undefined },
    },
  };
}
