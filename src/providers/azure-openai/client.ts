/**
 * Azure OpenAI. The v1 paths are OpenAI's own, below `/openai/v1`; the dated ones put the deployment into the path of
 * Chat Completions and the version into the query. In both the key has a header of its own, and what is called `model`
 * is the deployment. Sources: Azure's pages "API lifecycle" and "REST reference".
 */
import type { EndpointSettings } from '../../contracts/settings';
import { HoldfastError } from '../../errors/holdfast-error';
import { ChatProvider } from '../openai/chat/chat-provider';
import { ResponsesProvider } from '../openai/responses/responses-provider';
import { SealedClient } from '../openai/sealed-client';
import type { Access } from '../openai/sealed-client';
import type { Provider } from '../provider';

const requestIdHeader = 'apim-request-id';

class AzureClient extends SealedClient {
  protected override get credentials(): readonly [string, string] {
    return ['api-key', this.apiKey ?? ''];
  }
}

/** Throws `Config.Invalid` without a base URL: a resource has no public address that all share. */
export function createAzureOpenAi(endpoint: EndpointSettings, apiKey: string): Provider {
  const client = AzureClient.open({ apiKey, ...accessOf(endpoint) });
  return endpoint.api === 'responses'
    ? new ResponsesProvider(endpoint, client, requestIdHeader)
    : new ChatProvider(endpoint, client, { requestIdHeader });
}

function accessOf({ name, baseUrl, apiVersion, api, deployment, model }: EndpointSettings): Omit<Access, 'apiKey'> {
  if (baseUrl === undefined) {
    const problem = 'is missing; set it to the address of the resource, such as https://<resource>.openai.azure.com';
    throw new HoldfastError('Config.Invalid', `endpoints.${name}.baseUrl: ${problem}`, { endpoint: name });
  }
  // Whoever copied the longer address from the portal means the same resource.
  const resource = baseUrl.replace(/\/+$/, '').replace(/\/openai(?:\/v1)?$/, '');
  if (apiVersion === undefined) return { baseURL: `${resource}/openai/v1` };
  const query = { 'api-version': apiVersion };
  if (api === 'responses') return { baseURL: `${resource}/openai`, query };
  return { baseURL: `${resource}/openai/deployments/${encodeURIComponent(deployment ?? model)}`, query };
}
