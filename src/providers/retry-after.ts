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
import { parseDelay, parseGoDuration, parseNumber, readClock } from './header-values';

/** Longest wait taken over from a header: beyond it a provider's word is more likely a mistake than a plan. */
export const maxRetryAfterMs = 3_600_000;

/**
 * Milliseconds from now, 0 to `maxRetryAfterMs`; undefined when the provider said nothing that can be understood.
 * `withResets` also asks the reset headers, which stand on every response and mean a wait only for a rate limit.
 */
export function readRetryAfter(
  headers: Headers | undefined,
  { withResets = false, nowMs = Date.now() } = {},
): number | undefined {
  if (headers === undefined) return undefined;
  const clockMs = readClock(headers, nowMs);
  return (
    clamp(parseNumber(headers.get('retry-after-ms'))) ??
    clamp(parseDelay(headers.get('retry-after'), clockMs)) ??
    (withResets ? clamp(readReset(headers, clockMs)) : undefined)
  );
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

/** Rounded up: a millisecond too early is a refusal more. */
function clamp(ms: number | undefined): number | undefined {
  return ms === undefined || Number.isNaN(ms) ? undefined : Math.min(Math.ceil(ms), maxRetryAfterMs);
}
