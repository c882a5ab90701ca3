/** What an endpoint of the simulator is, and how the config file and the control API say it. */
import { InputError, joinPath, readBoolean, readChoice, readNumber, readRecord, readText } from './read-input';

export const providerKinds = ['openai', 'anthropic'] as const;
export type ProviderKind = (typeof providerKinds)[number];

/** What is enforced; an absent dimension is not. */
export interface LimitSettings {
  /** Requests in any 60 seconds. */
  readonly rpm?: number;
  /** Tokens in any 60 seconds: input and requested output at OpenAI, input at Anthropic. */
  readonly tpm?: number;
  /** Requests in flight. */
  readonly concurrency?: number;
}

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
  /** Whether a request that is turned away still counts as one against rpm. Default: yes at OpenAI, no at Anthropic. */
  readonly chargesFailedRequests: boolean;
  readonly latency: LatencySettings;
  /** Tokens, input and output together. Default 400,000 (OpenAI) or 200,000 (Anthropic). */
  readonly contextWindow: number;
  /** Tokens. Default 64,000. */
  readonly maxOutputTokens: number;
}

/** The same with everything optional that has a default. */
export interface EndpointInput {
  readonly provider: ProviderKind;
  readonly apiKey: string;
  readonly models?: readonly string[];
  readonly limits?: LimitSettings;
  readonly chargesFailedRequests?: boolean;
  readonly latency?: Partial<LatencySettings>;
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
}

const endpointKeys = [
  'provider',
  'apiKey',
  'models',
  'limits',
  'chargesFailedRequests',
  'latency',
  'contextWindow',
  'maxOutputTokens',
];
const defaultLatency: LatencySettings = { firstTokenMs: 350, sigma: 0.35, tokensPerSecond: 120 };
const defaultContextWindow = { openai: 400_000, anthropic: 200_000 } as const;
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
      input['chargesFailedRequests'] ?? provider === 'openai',
      at('chargesFailedRequests'),
    ),
    latency: readLatency(input['latency'] ?? {}, at('latency')),
    contextWindow: readNumber(input['contextWindow'] ?? defaultContextWindow[provider], at('contextWindow'), tokens),
    maxOutputTokens: readNumber(input['maxOutputTokens'] ?? defaultMaxOutputTokens, at('maxOutputTokens'), tokens),
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

function readLimits(value: unknown, field: string): LimitSettings {
  const dimensions = ['rpm', 'tpm', 'concurrency'] as const;
  const input = readRecord(value, field, dimensions);
  const entries = dimensions
    .filter((dimension) => input[dimension] !== undefined)
    .map((dimension) => {
      return [
        dimension,
        readNumber(input[dimension], joinPath(field, dimension), { min: 1, isInteger: true }),
      ] as const;
    });
  return Object.fromEntries(entries);
}

function readLatency(value: unknown, field: string): LatencySettings {
  const input = { ...defaultLatency, ...readRecord(value, field, Object.keys(defaultLatency)) };
  return {
    firstTokenMs: readNumber(input.firstTokenMs, joinPath(field, 'firstTokenMs'), { min: 0 }),
    sigma: readNumber(input.sigma, joinPath(field, 'sigma'), { min: 0, max: 3 }),
    tokensPerSecond: readNumber(input.tokensPerSecond, joinPath(field, 'tokensPerSecond'), { min: 0.1 }),
  };
}
