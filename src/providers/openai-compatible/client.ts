/**
 * Servers that speak Chat Completions: vLLM, Ollama, LM Studio, llama.cpp and gateways. They are taken as they are:
 * usage, ids and the end mark may be missing. Without `[DONE]` an answer is whole when its finish reason was seen and
 * its body came to its own end, which HTTP tells from a cut one.
 */
import type { EndpointSettings } from '../../contracts/settings';
import { HoldfastError } from '../../errors/holdfast-error';
import { ChatProvider } from '../openai/chat/chat-provider';
import { SealedClient } from '../openai/sealed-client';
import type { Provider } from '../provider';
import { mapRequest } from './map-request';

/** Throws `Config.Invalid` without a base URL, and for the one interface these servers do not share. */
export function createOpenAiCompatible(endpoint: EndpointSettings, apiKey: string): Provider {
  const { name, baseUrl, api } = endpoint;
  if (baseUrl === undefined) throw invalid(name, 'baseUrl: is missing; set it, such as http://localhost:8000/v1');
  if (api === 'responses') throw invalid(name, 'api: only chat can be used with openai-compatible; leave it out');
  const client = SealedClient.open({ apiKey, baseURL: baseUrl });
  return new ChatProvider(endpoint, client, { mapRequest, endsWithBody: true });
}

function invalid(endpoint: string, problem: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `endpoints.${endpoint}.${problem}`, { endpoint });
}
