import type { ModelRequest } from '../../contracts/model';
import type { EndpointSettings } from '../../contracts/settings';
import { mapRequest as mapChatRequest } from '../openai/chat/map-request';
import type { ChatRequest } from '../openai/chat/map-request';

/**
 * Chat Completions in the words that all servers know: the older name of the token limit, no strict tools, and no JSON
 * mode, which some refuse (LM Studio); the schema stands in the prompt then.
 */
export function mapRequest(request: ModelRequest, endpoint: EndpointSettings): ChatRequest {
  const { max_completion_tokens: maxTokens, response_format: format, ...rest } = mapChatRequest(request, endpoint);
  const { tools = [] } = request;
  return {
    ...rest,
    max_tokens: maxTokens ?? null,
    ...(format?.type === 'json_schema' ? { response_format: format } : {}),
    ...(tools.length === 0 ? {} : { tools: tools.map(mapTool) }),
  };
}

function mapTool({ name, description, inputSchema }: NonNullable<ModelRequest['tools']>[number]) {
  return { type: 'function' as const, function: { name, description, parameters: { ...inputSchema } } };
}
