/** What is wrong with one endpoint as it is written: fields that do not go together, or not with its provider. */
import type { ProviderName } from '../contracts/settings';
import { profileOf } from './defaults';
import type { EndpointEntry } from './endpoint-schema';
import { urlProblem } from './endpoint-url';
import type { Problem } from './problems';

/** Fields that mean something to some providers only. */
const ownFields: readonly { field: keyof EndpointEntry; providers: readonly ProviderName[] }[] = [
  { field: 'api', providers: ['openai', 'azure-openai'] },
  { field: 'deployment', providers: ['azure-openai'] },
  { field: 'apiVersion', providers: ['azure-openai'] },
];

/** Those that have no public address. */
const addressOf: Partial<Record<ProviderName, string>> = {
  'azure-openai': 'https://<resource>.openai.azure.com',
  'openai-compatible': 'http://localhost:8000/v1',
};

export function endpointProblems(name: string, entry: EndpointEntry): Problem[] {
  const texts = [...addressTexts(entry), ...providerTexts(entry), ...sizeTexts(entry)];
  return texts.map(([field, text]) => ({ path: ['endpoints', name, ...(field === '' ? [] : [field])], text }));
}

type FieldText = readonly [field: keyof EndpointEntry | '', text: string];

function addressTexts({ provider, baseUrl, baseUrlEnv, local }: EndpointEntry): FieldText[] {
  const texts: FieldText[] = [];
  const problem = baseUrl === undefined ? undefined : urlProblem(baseUrl, local);
  if (problem !== undefined) texts.push(['baseUrl', problem]);
  if (baseUrl !== undefined && baseUrlEnv !== undefined) {
    texts.push(['', 'expected baseUrl or baseUrlEnv, received both']);
  }
  const example = addressOf[provider];
  if (example !== undefined && baseUrl === undefined && baseUrlEnv === undefined) {
    texts.push(['baseUrl', `is missing, expected an address such as ${example}, here or by baseUrlEnv`]);
  }
  return texts;
}

function providerTexts(entry: EndpointEntry): FieldText[] {
  const { provider, baseUrl, baseUrlEnv, apiKeyEnv, limitProfile, local } = entry;
  const texts: FieldText[] = [];
  for (const { field, providers } of ownFields) {
    if (entry[field] === undefined || providers.includes(provider)) continue;
    texts.push([field, `expected only with the provider ${providers.join(' or ')}, received with ${provider}`]);
  }
  if (apiKeyEnv === undefined && !(provider === 'openai-compatible' && local)) {
    const unless = provider === 'openai-compatible' ? '; a server without a key is marked "local: true"' : '';
    texts.push(['apiKeyEnv', `is missing, expected the name of an environment variable${unless}`]);
  }
  // Behind an address of one's own may stand a gateway to anything; the provider itself counts in one way only.
  const isPublic = baseUrl === undefined && baseUrlEnv === undefined;
  if (isPublic && limitProfile !== undefined && limitProfile !== profileOf[provider]) {
    const own = profileOf[provider];
    texts.push(['limitProfile', `expected ${own} at the provider's public address, received ${limitProfile}`]);
  }
  return texts;
}

function sizeTexts({ maxOutputTokens, contextWindow }: EndpointEntry): FieldText[] {
  if (maxOutputTokens === undefined || maxOutputTokens <= contextWindow) return [];
  return [['maxOutputTokens', `expected at most the contextWindow (${contextWindow}), received ${maxOutputTokens}`]];
}
