/**
 * What a provider asks us to wait, in every form in use:
 *
 * - `retry-after-ms` (Azure): milliseconds;
 * - `retry-after`: seconds, an HTTP date, or an RFC 3339 time;
 * - `x-ratelimit-reset-{requests,tokens,…}` (OpenAI, Azure): a Go duration such as `6m0s`, or whole seconds (−1: unknown);
 * - `anthropic-ratelimit-{requests,tokens,…}-reset`: RFC 3339.
 *
 * The reset headers say when a limit is *full* again, so they are an upper bound and only asked when nothing else is said.
 * Dates are compared with the response's own `date` header: a wrong clock on this machine does not matter.
 */

/** Longest wait taken over from a header: beyond it a provider's word is more likely a mistake than a plan. */
export const maxRetryAfterMs = 3_600_000;

const longestHeader = 64;
const msOfUnit: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 0.001,
  µs: 0.001, // U+00B5, as Go writes it
  μs: 0.001, // U+03BC
  ns: 0.000_001,
};

/**
 * Milliseconds from now, 0 to `maxRetryAfterMs`; undefined when the provider said nothing that can be understood.
 * `withResets` also asks the reset headers, which stand on every response and mean a wait only for a rate limit.
 */
export function readRetryAfter(
  headers: Headers | undefined,
  { withResets = false, nowMs = Date.now() } = {},
): number | undefined {
  if (headers === undefined) return undefined;
  const clockMs = parseDate(headers.get('date')) ?? nowMs;
  return (
    clamp(parseNumber(headers.get('retry-after-ms'))) ??
    clamp(parseDelay(headers.get('retry-after'), clockMs)) ??
    (withResets ? clamp(readReset(headers, clockMs)) : undefined)
  );
}

/** A Go duration, e.g. `1h2m3.5s` or `12ms`, in milliseconds. */
export function parseGoDuration(text: string): number | undefined {
  if (text.length > longestHeader || !/^(?:\d+(?:\.\d+)?(?:[numµμ]?s|m|h))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)([a-zµμ]+)/g);
  return [...parts].reduce((sumMs, [, amount, unit = '']) => sumMs + Number(amount) * (msOfUnit[unit] ?? NaN), 0);
}

interface LimitState {
  readonly dimension: string;
  readonly resetMs: number;
  readonly isSpent: boolean;
}

/**
 * The longest reset among the limits with nothing remaining. When all claim to have something left, the request
 * was refused because it needs more than that: of tokens, for a request needs only one request.
 */
function readReset(headers: Headers, clockMs: number): number | undefined {
  const limits = [...headers].flatMap(([name, value]) => readLimit(headers, { name, value, clockMs }));
  const spent = limits.filter((limit) => limit.isSpent);
  const ofTokens = limits.filter((limit) => limit.dimension.includes('tokens'));
  const decisive = [spent, ofTokens, limits].find((some) => some.length > 0);
  return decisive === undefined ? undefined : Math.max(...decisive.map((limit) => limit.resetMs));
}

function readLimit(headers: Headers, header: { name: string; value: string; clockMs: number }): LimitState[] {
  const { name, value, clockMs } = header;
  const match = /^(?:(x-ratelimit)-reset-([a-z-]+)|(anthropic-ratelimit)-([a-z-]+)-reset)$/.exec(name);
  if (match === null) return [];
  const dimension = match[2] ?? match[4] ?? '';
  const resetMs =
    match[1] === undefined ? parseDelay(value, clockMs) : (parseGoDuration(value) ?? parseDelay(value, clockMs));
  if (resetMs === undefined) return [];
  const remaining = headers.get(
    match[1] === undefined ? `anthropic-ratelimit-${dimension}-remaining` : `x-ratelimit-remaining-${dimension}`,
  );
  return [{ dimension, resetMs, isSpent: parseNumber(remaining) === 0 }];
}

/** Seconds or a date, in milliseconds from `clockMs`. */
function parseDelay(text: string | null, clockMs: number): number | undefined {
  const seconds = parseNumber(text);
  if (seconds !== undefined) return seconds * 1_000;
  const dateMs = parseDate(text);
  return dateMs === undefined ? undefined : Math.max(0, dateMs - clockMs);
}

/** Date.parse takes almost anything for a date, so the form is checked first. */
function parseDate(text: string | null): number | undefined {
  const value = text?.trim() ?? '';
  const isHttpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w :-]+$/.test(value);
  const isTimestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value);
  if (value.length > longestHeader || !(isHttpDate || isTimestamp)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A plain number that is not negative. */
function parseNumber(text: string | null): number | undefined {
  const value = text?.trim() ?? '';
  return value.length <= longestHeader && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** Rounded up: a millisecond too early is a refusal more. */
function clamp(ms: number | undefined): number | undefined {
  return ms === undefined || Number.isNaN(ms) ? undefined : Math.min(Math.ceil(ms), maxRetryAfterMs);
}
