/** What a provider asks us to wait: every form in use, and every way to get it wrong. */
import type { ConformanceCase, Expectation } from '../case';
import { all } from '../targets';
import type { TargetName } from '../targets';

type Headers = Readonly<Record<string, string | null>>;
type Wait = NonNullable<Expectation['retryAfterMs']>;

interface WaitRow {
  readonly name: string;
  readonly title: string;
  readonly headers: Headers | (() => Headers);
  readonly wait: Wait;
  readonly targets?: readonly TargetName[];
}

const hourMs = 3_600_000;
/** A date has no fractions of a second: what comes of one is right to a second. */
const aroundMs = (ms: number): Wait => [ms - 1_500, ms + 1_500];

function httpDate(inMs: number): string {
  return new Date(Date.now() + inMs).toUTCString();
}

const notOfGemini = all.filter((name) => name !== 'gemini');
const withResets = notOfGemini.filter((name) => name !== 'anthropic');

const forms: readonly WaitRow[] = [
  { name: 'none', title: 'Without a hint there is none.', headers: {}, wait: 'none' },
  { name: 'seconds', title: 'Seconds.', headers: { 'retry-after': '7' }, wait: [7_000, 7_000] },
  { name: 'zero', title: 'No wait at all.', headers: { 'retry-after': '0' }, wait: [0, 0] },
  { name: 'fraction', title: 'Seconds with a fraction.', headers: { 'retry-after': '1.25' }, wait: [1_250, 1_250] },
  {
    name: 'white-space',
    title: 'White space around the number.',
    headers: { 'retry-after': '  9  ' },
    wait: [9_000, 9_000],
  },
  {
    name: 'http-date',
    title: 'An HTTP date.',
    headers: () => ({ 'retry-after': httpDate(20_000) }),
    wait: aroundMs(20_000),
  },
  {
    name: 'http-date-past',
    title: 'A date that has passed: no wait.',
    headers: () => ({ 'retry-after': httpDate(-60_000) }),
    wait: [0, 0],
  },
  {
    name: 'http-date-other-clock',
    title: "A date by the provider's own clock, which is five minutes behind ours.",
    headers: () => ({ date: httpDate(-300_000), 'retry-after': httpDate(-280_000) }),
    wait: aroundMs(20_000),
  },
  {
    name: 'http-date-clock-ahead',
    title: 'The same with a clock two hours ahead.',
    headers: () => ({ date: httpDate(7_200_000), 'retry-after': httpDate(7_230_000) }),
    wait: aroundMs(30_000),
  },
  {
    name: 'rfc-3339',
    title: 'A time in RFC 3339.',
    headers: () => ({ 'retry-after': new Date(Date.now() + 20_000).toISOString() }),
    wait: aroundMs(20_000),
  },
  {
    name: 'milliseconds',
    title: 'Milliseconds, in a header of their own.',
    headers: { 'retry-after-ms': '250' },
    wait: [250, 250],
  },
  {
    name: 'milliseconds-first',
    title: 'With both, the exact one counts.',
    headers: { 'retry-after': '1', 'retry-after-ms': '250' },
    wait: [250, 250],
  },
  {
    name: 'milliseconds-broken',
    title: 'With one of them broken, the other counts.',
    headers: { 'retry-after': '2', 'retry-after-ms': 'soon' },
    wait: [2_000, 2_000],
  },
];

const nonsense: readonly WaitRow[] = [
  {
    name: 'a-day',
    title: 'A day is cut to an hour: such a word is more likely a mistake than a plan.',
    headers: { 'retry-after': '86400' },
    wait: [hourMs, hourMs],
  },
  {
    name: 'a-year-as-date',
    title: 'So is a date next year.',
    headers: () => ({ 'retry-after': httpDate(365 * 24 * hourMs) }),
    wait: [hourMs, hourMs],
  },
  {
    name: 'astronomical',
    title: 'So is a number that no clock can hold.',
    headers: { 'retry-after': '9'.repeat(40) },
    wait: [hourMs, hourMs],
  },
  { name: 'negative', title: 'A negative number is no hint.', headers: { 'retry-after': '-5' }, wait: 'none' },
  { name: 'nan', title: '`NaN` is no hint.', headers: { 'retry-after': 'NaN' }, wait: 'none' },
  { name: 'infinity', title: '`Infinity` is no hint.', headers: { 'retry-after': 'Infinity' }, wait: 'none' },
  { name: 'exponent', title: 'A number with an exponent is no hint.', headers: { 'retry-after': '1e9' }, wait: 'none' },
  { name: 'words', title: 'Words are no hint.', headers: { 'retry-after': 'in a minute' }, wait: 'none' },
  { name: 'empty', title: 'Nothing is no hint.', headers: { 'retry-after': '' }, wait: 'none' },
  {
    name: 'several',
    title: 'Several numbers in one header are no hint.',
    headers: { 'retry-after': '5, 7' },
    wait: 'none',
  },
  {
    name: 'garbage',
    title: 'Kilobytes of digits are no hint, and take no time.',
    headers: { 'retry-after': '1'.repeat(4_000) },
    wait: 'none',
  },
];

const resets: readonly WaitRow[] = [
  {
    name: 'reset-duration',
    title: 'Without a hint, the reset of the limit that is used up: a Go duration.',
    targets: withResets,
    headers: {
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '1m2.5s',
      'x-ratelimit-remaining-requests': '7',
      'x-ratelimit-reset-requests': '9m0s',
    },
    wait: [62_500, 62_500],
  },
  {
    name: 'reset-milliseconds',
    title: 'Such a duration may be milliseconds.',
    targets: withResets,
    headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '12ms' },
    wait: [12, 12],
  },
  {
    name: 'reset-seconds',
    title: 'Azure counts whole seconds.',
    targets: ['azure-openai/v1', 'azure-openai/dated'],
    headers: { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '17' },
    wait: [17_000, 17_000],
  },
  {
    name: 'reset-unknown',
    title: 'Azure says −1 for what it does not know.',
    targets: ['azure-openai/v1', 'azure-openai/dated'],
    headers: { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '-1' },
    wait: 'none',
  },
  {
    name: 'reset-rfc-3339',
    title: 'Anthropic says when the limit is full again.',
    targets: ['anthropic'],
    headers: () => ({
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': new Date(Date.now() + 25_000).toISOString(),
    }),
    wait: aroundMs(25_000),
  },
];

export const waitCases: readonly ConformanceCase[] = [
  ...[...forms, ...nonsense, ...resets].map(waitCase),
  {
    id: 'wait/not-of-the-last-error',
    title: 'The hint of an earlier error does not stick to a later one that has none.',
    targets: all,
    act: 'callTwice',
    simulator: {
      faults: [
        { kind: 'status', status: 429, headers: { 'retry-after': '9' }, count: 1 },
        { kind: 'status', status: 429, count: 1 },
      ],
    },
    expect: { failure: 'Llm.RateLimited', retryAfterMs: 'none', requests: 2 },
  },
  {
    id: 'wait/of-an-overload',
    title: 'An overload may carry a hint as well.',
    targets: all,
    simulator: { faults: [{ kind: 'status', status: 503, headers: { 'retry-after': '4' } }] },
    expect: { failure: 'Llm.Overloaded', retryAfterMs: [4_000, 4_000] },
  },
  {
    id: 'wait/no-reset-for-an-overload',
    title: 'The reset of a limit stands on every response, and says nothing about an overload.',
    targets: withResets,
    simulator: {
      faults: [
        {
          kind: 'status',
          status: 503,
          headers: { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' },
        },
      ],
    },
    expect: { failure: 'Llm.Overloaded', retryAfterMs: 'none' },
  },
  {
    id: 'wait/own-words',
    title: 'Each provider says it in its own way.',
    targets: all,
    simulator: { faults: [{ kind: 'rateLimit', retryInMs: 4_000 }], hasLimitHeaders: true },
    expect: { failure: 'Llm.RateLimited', retryAfterMs: [4_000, 5_000] },
  },
  {
    id: 'wait/absurd-headers',
    title: 'A rate limit with every header absurd at once has no hint.',
    targets: all,
    simulator: { faults: [{ kind: 'status', status: 429 }, { kind: 'absurdHeaders' }], hasLimitHeaders: true },
    expect: { failure: 'Llm.RateLimited', retryAfterMs: 'none' },
  },
  {
    id: 'wait/real-limit',
    title: 'A limit that is really reached says when the next request is let in.',
    targets: all,
    act: 'callTwice',
    simulator: { endpoint: { limits: { rpm: 1 } }, hasLimitHeaders: true },
    expect: { failure: 'Llm.RateLimited', retryAfterMs: [1, 61_000], requests: 2 },
  },
  {
    id: 'wait/aimock',
    title: 'The hint of another implementation of the formats.',
    targets: all,
    aimock: { response: { error: { message: 'slow', type: 'rate_limit_error' }, status: 429, retryAfter: 11 } },
    expect: { failure: 'Llm.RateLimited', retryAfterMs: [11_000, 11_000] },
  },
];

function waitCase({ name, title, headers, wait, targets = all }: WaitRow): ConformanceCase {
  return {
    id: `wait/${name}`,
    title,
    targets,
    simulator: () => ({
      faults: [{ kind: 'status', status: 429, headers: typeof headers === 'function' ? headers() : headers }],
    }),
    expect: { failure: 'Llm.RateLimited', retryAfterMs: wait },
  };
}
