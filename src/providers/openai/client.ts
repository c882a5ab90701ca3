import type { EndpointSettings } from '../../contracts/settings';
import type { Provider } from '../provider';
import { ChatProvider } from './chat/chat-provider';
import { ResponsesProvider } from './responses/responses-provider';
import { SealedClient } from './sealed-client';

const publicBaseUrl = 'https://api.openai.com/v1';

export function createOpenAi(endpoint: EndpointSettings, apiKey: string): Provider {
  const client = SealedClient.open({ apiKey, baseURL: endpoint.baseUrl ?? publicBaseUrl });
  return endpoint.api === 'responses' ? new ResponsesProvider(endpoint, client) : new ChatProvider(endpoint, client);
}
