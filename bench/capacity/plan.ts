/** A cell in numbers: what its endpoints enforce, what callers are told of that, how many calls come. */
import type { EndpointSettings, Limits, ProviderName } from '../../src/contracts/settings';
import { toOwnTokens } from '../../src/simulator';
import type { EndpointInput, LimitSettings } from '../../src/simulator';
import type { HeaderStyle } from '../../src/simulator/wire/limit-headers';
import type { Binding, Cell, ProviderStyle } from './matrix';
import type { Population, Shape } from './population';

interface Style {
  readonly provider: Extract<ProviderName, EndpointInput['provider']>;
  readonly headers: HeaderStyle;
  /** Dimension that is charged with tokens at admission. */
  readonly tokens: 'tpm' | 'inputTpm';
  readonly chargesFailedRequests: boolean;
  /** How the dimensions that do not bind are counted. */
  readonly window: {
    readonly requests: 'slidingMinute' | 'judged10s';
    readonly tokens: 'slidingMinute' | 'fixedMinute';
  };
}

const sliding = { requests: 'slidingMinute', tokens: 'slidingMinute' } as const;

const styles: Readonly<Record<ProviderStyle, Style>> = {
  openai: { provider: 'openai', headers: 'openai', tokens: 'tpm', chargesFailedRequests: true, window: sliding },
  azure: {
    provider: 'openai',
    headers: 'azure',
    tokens: 'tpm',
    chargesFailedRequests: true,
    window: { requests: 'judged10s', tokens: 'fixedMinute' },
  },
  anthropic: {
    provider: 'anthropic',
    headers: 'anthropic',
    tokens: 'inputTpm',
    chargesFailedRequests: false,
    window: sliding,
  },
  gemini: { provider: 'openai', headers: 'none', tokens: 'inputTpm', chargesFailedRequests: false, window: sliding },
  selfHosted: { provider: 'openai', headers: 'none', tokens: 'tpm', chargesFailedRequests: false, window: sliding },
};

export interface Plan {
  readonly cell: Cell;
  readonly seed: number;
  readonly population: Population;
  /** Requests a minute of one region admits in the mean, as far as the binding dimension goes, ÷ 60. */
  readonly perSecond: number;
  /** Units per minute (`daily`: per day, `concurrency`: at once) of the binding dimension, one region. */
  readonly bindingLimit: number;
  readonly endpoints: readonly EndpointSettings[];
  /** The same endpoints, as the provider runs them. */
  readonly provided: readonly EndpointInput[];
}

export interface PlanOptions {
  readonly seed: number;
  readonly population: Population;
  /** Requests per second that one region is made for. */
  readonly perSecond: number;
}

/** Dimensions that must not bind have this many times what the binding one lets through. */
const spare = 4;
/** A count of ten per cent too many or too few, by seed: what a client can learn. */
const biases = [-0.1, 0.05, 0.1] as const;
/** And two per cent that are different for every text: what it cannot. */
const spread = 0.02;
/** Calls in flight per self-hosted endpoint. */
const slots = 8;
/** Two days' quota is spent in a few minutes each: midnight lies within the measured time. */
const dailyMinutes = 2.5;
export const latency = { firstTokenMs: 350, sigma: 0.35, tokensPerSecond: 120 } as const;

export const apiKey = 'bench';
const model = 'bench-model';

/** The same seed and cell give the same plan in every process. */
export function planOf(cell: Cell, { seed, population, perSecond: wanted }: PlanOptions): Plan {
  const style = styles[cell.provider];
  const bias = biases[seed % biases.length] ?? 0;
  // A second of a limit that is judged by the second must hold several requests.
  const least = cell.window === 'judged1s' ? 5 : wanted;
  const perSecond = cell.binding === 'concurrency' ? slots / meanCallSeconds(population) : least;
  const limits = limitsOf({ cell, style, population, perSecond, bias });
  const names = Array.from({ length: cell.regions }, (_, region) => `region-${region + 1}`);
  return {
    cell,
    seed,
    population,
    perSecond,
    bindingLimit: limits[bindingDimension(cell.binding, style)] ?? 0,
    endpoints: names.map((name) => endpointOf(name, cell, limits)),
    provided: names.map(() => ({
      provider: style.provider,
      apiKey,
      limits,
      chargesFailedRequests: style.chargesFailedRequests,
      headers: style.headers,
      tokenizer: { bias, spread },
      latency,
    })),
  };
}

interface LimitsInput {
  readonly cell: Cell;
  readonly style: Style;
  readonly population: Population;
  readonly perSecond: number;
  readonly bias: number;
}

/** Whole numbers, and requests in sixties, as limits that are judged by the second have to be. */
function limitsOf({ cell, style, population, perSecond, bias }: LimitsInput): LimitSettings {
  const { binding, window: counted } = cell;
  const perMinute = (ofBinding: Binding): number => 60 * perSecond * (binding === ofBinding ? 1 : spare);
  const requestTokens = population.meanInput * (1 + bias) + (style.tokens === 'tpm' ? population.meanMaxOutput : 0);
  const tokens = Math.round(perMinute('tokens') * requestTokens);
  const rpm = Math.ceil(perMinute('requests') / 60) * 60;
  const requests = binding === 'requests' ? counted : undefined;
  const tokenWindow = counted === undefined || isJudged(counted) || binding === 'requests' ? undefined : counted;
  const window = {
    requests: requests ?? style.window.requests,
    tokens: tokenWindow ?? style.window.tokens,
  };
  return {
    ...(cell.provider === 'selfHosted' ? { concurrency: slots } : { rpm, [style.tokens]: tokens, window }),
    ...(cell.provider === 'anthropic' ? { outputTpm: Math.round(perMinute('output') * population.meanOutput) } : {}),
    ...(cell.provider === 'gemini' ? { rpd: Math.round(dailyMinutes * 60 * perSecond) } : {}),
  };
}

function isJudged(window: string): window is 'judged1s' | 'judged10s' {
  return window === 'judged1s' || window === 'judged10s';
}

function bindingDimension(binding: Binding, style: Style) {
  const dimensions = {
    tokens: style.tokens,
    requests: 'rpm',
    output: 'outputTpm',
    daily: 'rpd',
    concurrency: 'concurrency',
  } as const satisfies Record<Binding, keyof Limits>;
  return dimensions[binding];
}

/** An operator knows the numbers of the limits, and of their windows only what Azure documents: 1 or 10 s. */
function endpointOf(name: string, cell: Cell, { rpm, tpm, inputTpm, outputTpm, rpd, concurrency }: LimitSettings) {
  const limits: Limits = {
    ...(rpm === undefined ? {} : { rpm }),
    ...(tpm === undefined ? {} : { tpm }),
    ...(inputTpm === undefined ? {} : { inputTpm }),
    ...(outputTpm === undefined ? {} : { outputTpm }),
    ...(rpd === undefined ? {} : { rpd }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(cell.window === 'judged1s' ? { requestWindowMs: 1_000 as const } : {}),
  };
  const endpoint: EndpointSettings = {
    name,
    provider: styles[cell.provider].provider,
    model,
    apiKeyEnv: 'BENCH_KEY',
    quotaGroup: name,
    limits,
    limitProfile: cell.provider,
    weight: 1,
    price: { input: 1, output: 1 },
    contextWindow: 400_000,
    maxOutputTokens: 64_000,
  };
  return endpoint;
}

function meanCallSeconds({ meanOutput }: Population): number {
  return (latency.firstTokenMs * Math.exp(latency.sigma ** 2 / 2)) / 1_000 + meanOutput / latency.tokensPerSecond;
}

/** Calls that come per second, all regions together. */
export function arrivalsPerSecond({ cell, perSecond }: Plan): number {
  return cell.overload * perSecond * cell.regions;
}

/** The endpoints' own count of a request's input. */
export function ownInputTokens({ provided, seed }: Plan, shape: Shape): number {
  const { bias = 0, spread: own = 0 } = provided[0]?.tokenizer ?? {};
  return toOwnTokens(shape.inputTokens, { bias, spread: own }, seed, shape.messages[0]?.content ?? '');
}

/** What a request uses of the binding dimension once it is admitted. */
export function bindingUnits({ cell }: Plan, tokens: { upfront: number; input: number; output: number }): number {
  switch (cell.binding) {
    case 'tokens':
      return styles[cell.provider].tokens === 'tpm' ? tokens.upfront : tokens.input;
    case 'output':
      return tokens.output;
    case 'requests':
    case 'daily':
    case 'concurrency':
      return 1;
  }
}
