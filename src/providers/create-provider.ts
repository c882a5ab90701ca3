import type { EndpointSettings } from '../contracts/settings';
import { HoldfastError } from '../errors/holdfast-error';
import { AnthropicProvider } from './anthropic/client';
import { createAzureOpenAi } from './azure-openai/client';
import { GeminiProvider } from './gemini/client';
import { createOpenAiCompatible } from './openai-compatible/client';
import { createOpenAi } from './openai/client';
import type { Provider } from './provider';

/** Throws `Config.Invalid` for a key or base URL that no request could be made with. The key is never shown. */
export function createProvider({ endpoint, apiKey }: { endpoint: EndpointSettings; apiKey: string }): Provider {
  checkKey(endpoint, apiKey);
  checkBaseUrl(endpoint);
  switch (endpoint.provider) {
    case 'openai':
      return createOpenAi(endpoint, apiKey);
    case 'azure-openai':
      return createAzureOpenAi(endpoint, apiKey);
    case 'anthropic':
      return new AnthropicProvider(endpoint, apiKey);
    case 'gemini':
      return new GeminiProvider(endpoint, apiKey);
    case 'openai-compatible':
      return createOpenAiCompatible(endpoint, apiKey);
  }
}

function checkKey(endpoint: EndpointSettings, apiKey: string): void {
  const { name, apiKeyEnv } = endpoint;
  if (apiKey === '')
    throw invalid(name, 'apiKeyEnv', `environment variable ${apiKeyEnv} is empty; put the key into it`);
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    const problem = `the key in ${apiKeyEnv} holds a character that cannot stand in a header, perhaps a line end; set it again`;
    throw invalid(name, 'apiKeyEnv', problem);
  }
}

function checkBaseUrl({ name, baseUrl }: EndpointSettings): void {
  if (baseUrl === undefined) return;
  const protocol = URL.canParse(baseUrl) ? new URL(baseUrl).protocol : '';
  if (protocol === 'https:' || protocol === 'http:') return;
  throw invalid(name, 'baseUrl', `expected an http(s) address, received ${JSON.stringify(baseUrl.slice(0, 80))}`);
}

function invalid(endpoint: string, field: string, problem: string): HoldfastError {
  return new HoldfastError('Config.Invalid', `endpoints.${endpoint}.${field}: ${problem}`, { endpoint });
}
