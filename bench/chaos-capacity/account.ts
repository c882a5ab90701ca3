/**
 * The account that is fought over: endpoints that are each bound by another limit and judged in another window. The
 * simulator enforces them, the engine is told the same numbers. Small enough for two processors to do it in real time,
 * with requests of well under 1 % of a minute's quota, so that a minute's use is known to better than 1 %.
 */
import type { Lane, LimitDimension } from '../../src/contracts/settings';
import type { EndpointInput } from '../../src/simulator';
import type { Random } from '../../src/simulator/random';

export interface Quota {
  readonly name: string;
  /** The limit that all this load runs into. */
  readonly boundBy: Extract<LimitDimension, 'rpm' | 'tpm' | 'concurrency'>;
  readonly limits: { readonly rpm: number; readonly tpm: number; readonly concurrency: number };
  readonly window: NonNullable<NonNullable<EndpointInput['limits']>['window']>;
  readonly headers: 'openai' | 'azure';
}

export const quotas = [
  {
    name: 'sliding',
    boundBy: 'tpm',
    limits: { rpm: 1_200, tpm: 150_000, concurrency: 48 },
    window: { requests: 'bucket10s', tokens: 'slidingMinute' },
    headers: 'openai',
  },
  {
    name: 'bucket',
    boundBy: 'tpm',
    limits: { rpm: 1_200, tpm: 150_000, concurrency: 48 },
    window: { requests: 'bucket1s', tokens: 'bucket1s' },
    headers: 'openai',
  },
  {
    name: 'judged',
    boundBy: 'rpm',
    limits: { rpm: 240, tpm: 600_000, concurrency: 48 },
    window: { requests: 'judged10s', tokens: 'fixedMinute' },
    headers: 'azure',
  },
  {
    name: 'slots',
    boundBy: 'concurrency',
    limits: { rpm: 1_200, tpm: 1_200_000, concurrency: 6 },
    window: { requests: 'slidingMinute', tokens: 'slidingMinute' },
    headers: 'openai',
  },
] as const satisfies readonly Quota[];

/** Has no limits and belongs to no pool: a holder's first call goes there, because it takes long to leave. */
export const warmUpEndpoint = 'warm-up';
export const poolName = 'chaos';
export const model = 'gpt-5';
export const keyPrefix = 'chaos:';

/** Long enough to be renewed twice, as the product renews it; short enough for many faults in a quarter of an hour. */
export const leaseMs = 7_000;
/** A lease runs from its start: what a dead holder had booked ahead has then lapsed a lease and a second after its death. */
const maxWait = { interactive: '1s', batch: '500ms' } as const;

const latency = { firstTokenMs: 800, sigma: 0.3, tokensPerSecond: 40 } as const;
/** The simulator's answer to a prompt in which it finds nothing to quote: short on purpose, streams cost processor time. */
const answerTokens = 9;
/** Input and requested output: what is charged. The bounds are 0.1 % and 1 % of a minute of tokens. */
const tokens = { median: 560, sigma: 0.35, min: 150, max: 1_500 } as const;
const outputTokens = { min: 24, max: 56 } as const;
const meanTokens = Math.round(tokens.median * Math.exp(tokens.sigma ** 2 / 2));
const meanCallSeconds =
  (latency.firstTokenMs * Math.exp(latency.sigma ** 2 / 2)) / 1_000 + answerTokens / latency.tokensPerSecond;

const apiKey = 'chaos-key';
/** How many times what the account can take is asked of it. */
const overload = 1.5;

/** Calls per second that the account can take. */
export const capacityPerSecond = quotas.reduce((sum, quota) => sum + callsPerSecondOf(quota), 0);
export const demandPerSecond = overload * capacityPerSecond;

function callsPerSecondOf({ boundBy, limits }: Quota): number {
  switch (boundBy) {
    case 'rpm':
      return limits.rpm / 60;
    case 'tpm':
      return limits.tpm / 60 / meanTokens;
    case 'concurrency':
      return limits.concurrency / meanCallSeconds;
  }
}

export function simulatorEndpoints(): Readonly<Record<string, EndpointInput>> {
  const base = { provider: 'openai', apiKey, models: [model], latency } as const;
  const entries = quotas.map(({ name, limits, window, headers }): [string, EndpointInput] => [
    name,
    { ...base, limits: { ...limits, window }, headers },
  ]);
  return { [warmUpEndpoint]: base, ...Object.fromEntries(entries) };
}

/** What `config/holdfast.yaml` would say about this account; JSON is YAML. */
export function holdfastConfig(): object {
  const base = { provider: 'openai', model, local: true, price: { input: 1, output: 1 }, contextWindow: 100_000 };
  const endpoint = (name: string, limits: object): [string, object] => [
    name,
    { ...base, baseUrlEnv: variable(name, 'URL'), apiKeyEnv: variable(name, 'KEY'), limits },
  ];
  return {
    endpoints: Object.fromEntries([
      endpoint(warmUpEndpoint, { concurrency: 1_000 }),
      ...quotas.map(({ name, limits }) => endpoint(name, limits)),
    ]),
    pools: { [poolName]: { endpoints: quotas.map(({ name }) => name) } },
    steps: {},
    capacity: { lease: `${leaseMs}ms`, maxWait, tenants: { a: { weight: 3 }, b: { weight: 1 } } },
  };
}

/** What the configuration reads from the environment. */
export function accountEnvironment(simulatorUrl: string): NodeJS.ProcessEnv {
  return Object.fromEntries(
    [...quotas.map(({ name }) => name), warmUpEndpoint].flatMap((name): [string, string][] => [
      [variable(name, 'URL'), `${simulatorUrl}/${name}/v1`],
      [variable(name, 'KEY'), apiKey],
    ]),
  );
}

function variable(name: string, what: 'URL' | 'KEY'): string {
  return `CHAOS_${name.toUpperCase().replaceAll('-', '_')}_${what}`;
}

/** One call somebody wants to make. */
export interface Wish {
  readonly lane: Lane;
  readonly tenant: string;
  readonly text: string;
  readonly maxOutputTokens: number;
}

const batchShare = 0.3;
/** Words that are one token in every tokenizer and no longer than four characters with their blank. */
const words = ['all', 'any', 'but', 'can', 'did', 'few', 'had', 'how', 'its', 'may', 'new', 'now', 'old', 'one', 'our'];

export function drawWish(random: Random): Wish {
  const maxOutputTokens = random.int(outputTokens.min, outputTokens.max);
  const drawn = Math.round(random.lognormal(tokens.median, tokens.sigma));
  const total = Math.min(tokens.max, Math.max(tokens.min, drawn));
  const count = total - maxOutputTokens;
  return {
    lane: random.next() < batchShare ? 'batch' : 'interactive',
    tenant: random.next() < 0.5 ? 'a' : 'b',
    text: Array.from({ length: count }, () => words[random.int(0, words.length - 1)]).join(' '),
    maxOutputTokens,
  };
}
