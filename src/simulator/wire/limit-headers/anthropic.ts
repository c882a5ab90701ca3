import type { LimiterReading } from '../../limits/limiter';
import { formatRfc3339 } from '../durations';
import { retryAfter } from './limit-headers';
import type { LimitHeaders } from './limit-headers';

/** The provider rounds what remains of tokens to the nearest thousand. */
const tokenRounding = 1_000;

/** Times to full in RFC 3339. `tokens` is the sum of input and output tokens. */
export const anthropicHeaders: LimitHeaders = {
  names: ['limit', 'remaining', 'reset'].flatMap((what) => {
    return ['requests', 'tokens', 'input-tokens', 'output-tokens'].map((unit) => `anthropic-ratelimit-${unit}-${what}`);
  }),
  ofState: ({ rpm, tpm, inputTpm, outputTpm }, nowMs) => {
    const headers: Record<string, string> = { 'anthropic-organization-id': 'org-simulated' };
    const set = (unit: string, reading: LimiterReading | undefined, rounding: number): void => {
      if (reading === undefined) return;
      headers[`anthropic-ratelimit-${unit}-limit`] = String(reading.limit);
      headers[`anthropic-ratelimit-${unit}-remaining`] = String(Math.round(reading.remaining / rounding) * rounding);
      headers[`anthropic-ratelimit-${unit}-reset`] = formatRfc3339(nowMs + reading.fullInMs);
    };
    // Here tpm is a limit on input, too.
    const input = tighter(tpm, inputTpm);
    set('requests', rpm, 1);
    set('input-tokens', input, tokenRounding);
    set('output-tokens', outputTpm, tokenRounding);
    set('tokens', total(input, outputTpm), tokenRounding);
    return headers;
  },
  ofRetry: retryAfter,
};

function tighter(a: LimiterReading | undefined, b: LimiterReading | undefined): LimiterReading | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.remaining <= b.remaining ? a : b;
}

function total(a: LimiterReading | undefined, b: LimiterReading | undefined): LimiterReading | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    limit: a.limit + b.limit,
    remaining: a.remaining + b.remaining,
    fullInMs: Math.max(a.fullInMs, b.fullInMs),
  };
}
