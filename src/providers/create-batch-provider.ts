import type { EndpointSettings } from '../contracts/settings';
import { AnthropicBatches } from './anthropic/batch/batches';
import { SealedClient as SealedAnthropic } from './anthropic/sealed-client';
import type { BatchProvider } from './batch-provider';
import { OpenAiBatches } from './openai/batch/batches';
import { SealedClient as SealedOpenAi } from './openai/sealed-client';

/** Undefined: the endpoint's provider has no batch interface that we speak. */
export function createBatchProvider({
  endpoint,
  apiKey,
}: {
  readonly endpoint: EndpointSettings;
  readonly apiKey: string;
}): BatchProvider | undefined {
  const { provider, baseUrl } = endpoint;
  if (provider === 'openai') {
    return new OpenAiBatches(endpoint, SealedOpenAi.open({ apiKey, baseURL: baseUrl ?? 'https://api.openai.com/v1' }));
  }
  if (provider !== 'anthropic') return undefined;
  const client = SealedAnthropic.open({ apiKey, baseURL: baseUrl ?? 'https://api.anthropic.com' });
  return new AnthropicBatches(endpoint, client);
}
