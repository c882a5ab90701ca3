/** The clients that are put to the test: each provider once per wire format and way to address it. */
import type { EndpointSettings, LimitProfileName, ProviderName } from '../../src/contracts/settings';
import type { EndpointInput } from '../../src/simulator';
import { apiKey } from './canaries';
import { AnthropicMessages } from './dialects/anthropic-messages';
import { ChatCompletions } from './dialects/chat-completions';
import type { Dialect } from './dialects/dialect';
import { GeminiContent } from './dialects/gemini-content';
import { OpenAiResponses } from './dialects/openai-responses';

export const targetNames = [
  'openai/chat',
  'openai/responses',
  'azure-openai/v1',
  'azure-openai/dated',
  'azure-openai/responses',
  'anthropic',
  'gemini',
  'openai-compatible',
] as const;
export type TargetName = (typeof targetNames)[number];

export interface Target {
  readonly name: TargetName;
  readonly provider: ProviderName;
  readonly profile: LimitProfileName;
  readonly model: string;
  /** One that thinks before it answers; the same where all do or none does. */
  readonly reasoningModel: string;
  readonly settings: Partial<EndpointSettings>;
  readonly simulated: EndpointInput;
  /** Path below the root that the endpoint's base URL ends with. */
  readonly basePath: '' | '/v1';
  createDialect(): Dialect;
}

const openAi = { provider: 'openai', profile: 'openai', model: 'gpt-4.1', reasoningModel: 'gpt-5' } as const;
const azure = { ...openAi, provider: 'azure-openai', profile: 'azure', basePath: '' } as const;
const deployment = 'gpt-41-eastus';

export const targets: Readonly<Record<TargetName, Target>> = {
  'openai/chat': {
    ...openAi,
    name: 'openai/chat',
    settings: { api: 'chat' },
    simulated: { provider: 'openai', apiKey },
    basePath: '/v1',
    createDialect: () => new ChatCompletions('openai'),
  },
  'openai/responses': {
    ...openAi,
    name: 'openai/responses',
    settings: { api: 'responses' },
    simulated: { provider: 'openai', apiKey },
    basePath: '/v1',
    createDialect: () => new OpenAiResponses(),
  },
  'azure-openai/v1': {
    ...azure,
    name: 'azure-openai/v1',
    settings: { api: 'chat', deployment },
    simulated: { provider: 'azure-openai', apiKey },
    createDialect: () => new ChatCompletions('azure'),
  },
  'azure-openai/dated': {
    ...azure,
    name: 'azure-openai/dated',
    settings: { api: 'chat', deployment, apiVersion: '2024-10-21' },
    simulated: { provider: 'azure-openai', apiKey },
    createDialect: () => new ChatCompletions('azure'),
  },
  'azure-openai/responses': {
    ...azure,
    name: 'azure-openai/responses',
    settings: { api: 'responses', deployment },
    simulated: { provider: 'azure-openai', apiKey },
    createDialect: () => new OpenAiResponses(),
  },
  anthropic: {
    name: 'anthropic',
    provider: 'anthropic',
    profile: 'anthropic',
    model: 'claude-sonnet-5',
    reasoningModel: 'claude-sonnet-5',
    settings: {},
    simulated: { provider: 'anthropic', apiKey },
    basePath: '',
    createDialect: () => new AnthropicMessages(),
  },
  gemini: {
    name: 'gemini',
    provider: 'gemini',
    profile: 'gemini',
    model: 'gemini-2.5-flash',
    reasoningModel: 'gemini-2.5-flash',
    settings: {},
    simulated: { provider: 'gemini', apiKey },
    basePath: '',
    createDialect: () => new GeminiContent(),
  },
  'openai-compatible': {
    name: 'openai-compatible',
    provider: 'openai-compatible',
    profile: 'selfHosted',
    model: 'meta-llama/Llama-3.3-70B-Instruct',
    reasoningModel: 'meta-llama/Llama-3.3-70B-Instruct',
    settings: {},
    simulated: { provider: 'openai', apiKey },
    basePath: '/v1',
    createDialect: () => new ChatCompletions('vllm'),
  },
};

/** The settings of an endpoint whose model thinks before it answers. */
export function reasoning({ provider, reasoningModel }: Target): Partial<EndpointSettings> {
  return { model: reasoningModel, ...(provider === 'azure-openai' ? { deployment: reasoningModel } : {}) };
}

export const all: readonly TargetName[] = [...targetNames];
export const chat: readonly TargetName[] = [
  'openai/chat',
  'azure-openai/v1',
  'azure-openai/dated',
  'openai-compatible',
];
export const ofOpenAi: readonly TargetName[] = ['openai/chat', 'openai/responses'];
export const ofAzure: readonly TargetName[] = ['azure-openai/v1', 'azure-openai/dated', 'azure-openai/responses'];
export const responses: readonly TargetName[] = ['openai/responses', 'azure-openai/responses'];

export function endpointOf(target: Target, root: string, changes: Partial<EndpointSettings> = {}): EndpointSettings {
  return {
    name: `${target.provider}-eastus`,
    provider: target.provider,
    model: target.model,
    baseUrl: `${root}${target.basePath}`,
    apiKeyEnv: 'CONFORMANCE_KEY',
    quotaGroup: 'eastus',
    limits: {},
    limitProfile: target.profile,
    weight: 1,
    price: { input: 1, output: 1 },
    contextWindow: 200_000,
    maxOutputTokens: 4_096,
    ...target.settings,
    ...changes,
  };
}
