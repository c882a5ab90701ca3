/** What an endpoint of the simulator is, and how the config file and the control API say it. */
import { readBatchSettings } from './batch/batch-settings';
import type { BatchSettings } from './batch/batch-settings';
import { readLimits } from './limits/limit-settings';
import type { LimitInput, LimitSettings } from './limits/limit-settings';
import type { TokenizerSettings } from './own-tokenizer';
import { InputError, joinPath, readBoolean, readChoice, readNumber, readRecord, readText } from './read-input';
import type { HeaderStyle } from './wire/limit-headers';

export const providerKinds = ['openai', 'azure-openai', 'anthropic', 'gemini'] as const;
/** Which interfaces an endpoint serves. Servers that speak OpenAI's chat interface are `openai`. */
export type ProviderKind = (typeof providerKinds)[number];

export interface LatencySettings {
  /** Median time to the first token, lognormal. Default 350. */
  readonly firstTokenMs: number;
  /** Standard deviation of the logarithm of that time. Default 0.35. */
  readonly sigma: number;
  /** Default 120. */
  readonly tokensPerSecond: number;
}

export interface EndpointSettings {
  readonly name: string;
  readonly provider: ProviderKind;
  readonly apiKey: string;
  /** Models it serves; absent = any. */
  readonly models?: readonly string[];
  readonly limits: LimitSettings;
  /** Whether a request that is turned away still counts against rpm and rpd. Default: yes at OpenAI and Azure, no elsewhere. */
  readonly chargesFailedRequests: boolean;
  /** What is told of the limits. Default the provider's own, at Gemini `none`. */
  readonly headers: HeaderStyle;
  readonly tokenizer: TokenizerSettings;
  readonly latency: LatencySettings;
  /** Tokens, input and output together (Gemini: input). Default by kind: see `defaultContextWindow`. */
  readonly contextWindow: number;
  /** Tokens. Default 64,000. */
  readonly maxOutputTokens: number;
  /** OpenAI and Anthropic. */
  readonly batch: BatchSettings;
}

/** The same with everything optional that has a default. */
export interface EndpointInput {
  readonly provider: ProviderKind;
  readonly apiKey: string;
  readonly models?: readonly string[];
  readonly limits?: LimitInput;
  readonly chargesFailedRequests?: boolean;
  readonly headers?: HeaderStyle;
  readonly tokenizer?: Partial<TokenizerSettings>;
  readonly latency?: Partial<LatencySettings>;
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  readonly batch?: Partial<BatchSettings>;
}

const endpointKeys = [
  'provider',
  'apiKey',
  'models',
  'limits',
  'chargesFailedRequests',
  'headers',
  'tokenizer',
  'latency',
  'contextWindow',
  'maxOutputTokens',
  'batch',
];
/** What each provider can be made to send; its own style first. */
const headersOf = {
  openai: ['openai', 'azure', 'none'],
  'azure-openai': ['azure', 'openai', 'none'],
  anthropic: ['anthropic', 'none'],
  gemini: ['none'],
} as const;
const defaultTokenizer: TokenizerSettings = { bias: 0, spread: 0 };
const defaultLatency: LatencySettings = { firstTokenMs: 350, sigma: 0.35, tokensPerSecond: 120 };
const defaultContextWindow = {
  openai: 400_000,
  'azure-openai': 400_000,
  anthropic: 200_000,
  gemini: 1_048_576,
} as const;
const defaultMaxOutputTokens = 64_000;
const nameForm = { pattern: /^(?!control$)[\w.-]{1,64}$/, says: "1-64 of A-Z a-z 0-9 . _ - and not 'control'" };

export function readEndpointName(value: unknown, field: string): string {
  return readText(value, field, nameForm);
}

/** Throws `InputError`. `field` is where the object stands, for messages. */
export function readEndpoint(name: string, value: unknown, field = ''): EndpointSettings {
  const input = readRecord(value, field, endpointKeys);
  const at = (key: string): string => joinPath(field, key);
  const provider = readChoice(input['provider'], at('provider'), providerKinds);
  const models = input['models'] === undefined ? undefined : readModels(input['models'], at('models'));
  const tokens = { min: 1, isInteger: true };
  return {
    name,
    provider,
    apiKey: readText(input['apiKey'], at('apiKey')),
    ...(models === undefined ? {} : { models }),
    limits: readLimits(input['limits'] ?? {}, at('limits')),
    chargesFailedRequests: readBoolean(
      input['chargesFailedRequests'] ?? (provider === 'openai' || provider === 'azure-openai'),
      at('chargesFailedRequests'),
    ),
    headers: readChoice<HeaderStyle>(input['headers'] ?? headersOf[provider][0], at('headers'), headersOf[provider]),
    tokenizer: readTokenizer(input['tokenizer'] ?? {}, at('tokenizer')),
    latency: readLatency(input['latency'] ?? {}, at('latency')),
    contextWindow: readNumber(input['contextWindow'] ?? defaultContextWindow[provider], at('contextWindow'), tokens),
    maxOutputTokens: readNumber(input['maxOutputTokens'] ?? defaultMaxOutputTokens, at('maxOutputTokens'), tokens),
    batch: readBatchSettings(input['batch'] ?? {}, at('batch')),
  };
}

/** The config file: `{ "endpoints": [ { "name": …, … } ] }`. Throws `InputError`. */
export function readConfig(value: unknown): EndpointSettings[] {
  const { endpoints } = readRecord(value, '', ['endpoints']);
  if (!Array.isArray(endpoints)) throw new InputError('endpoints', 'expected a list');
  const read = endpoints.map((item: unknown, index) => {
    const field = `endpoints.${index}`;
    const { name, ...settings } = readRecord(item, field, ['name', ...endpointKeys]);
    return readEndpoint(readEndpointName(name, joinPath(field, 'name')), settings, field);
  });
  const names = read.map((endpoint) => endpoint.name);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice !== -1) throw new InputError(`endpoints.${twice}.name`, `${names[twice]} is there twice`);
  return read;
}

function readModels(value: unknown, field: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) throw new InputError(field, 'expected a list of model names');
  return value.map((model: unknown, index) => readText(model, joinPath(field, index)));
}

function readTokenizer(value: unknown, field: string): TokenizerSettings {
  const input = { ...defaultTokenizer, ...readRecord(value, field, Object.keys(defaultTokenizer)) };
  return {
    bias: readNumber(input.bias, joinPath(field, 'bias'), { min: -0.5, max: 0.5 }),
    spread: readNumber(input.spread, joinPath(field, 'spread'), { min: 0, max: 0.5 }),
  };
}

function readLatency(value: unknown, field: string): LatencySettings {
  const input = { ...defaultLatency, ...readRecord(value, field, Object.keys(defaultLatency)) };
  return {
    firstTokenMs: readNumber(input.firstTokenMs, joinPath(field, 'firstTokenMs'), { min: 0 }),
    sigma: readNumber(input.sigma, joinPath(field, 'sigma'), { min: 0, max: 3 }),
    tokensPerSecond: readNumber(input.tokensPerSecond, joinPath(field, 'tokensPerSecond'), { min: 0.1 }),
  };
}
