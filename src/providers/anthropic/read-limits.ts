/**
 * `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`. The reset is the time, in
 * RFC 3339, when the limit is full again; what remains of tokens is rounded to thousands. `tokens` is the most
 * restrictive limit in force: a workspace's, or else input and output together. A plain `tpm` of ours is a limit on
 * input, so of `tokens` and `input-tokens` the tighter one stands for it.
 * Source: platform.claude.com/docs/en/api/rate-limits, response headers.
 */
import type { LimitReading } from '../../contracts/capacity';
import { parseTimestamp, readClock } from '../header-values';
import { readingOf, tighterOf } from '../limit-readings';

export function readLimits(headers: Headers, nowMs = Date.now()): LimitReading[] {
  const clockMs = readClock(headers, nowMs);
  const read = (unit: string, dimension: LimitReading['dimension']): LimitReading | undefined =>
    readingOf(dimension, {
      limit: headers.get(`anthropic-ratelimit-${unit}-limit`),
      remaining: headers.get(`anthropic-ratelimit-${unit}-remaining`),
      resetMs: parseReset(headers.get(`anthropic-ratelimit-${unit}-reset`), clockMs),
    });
  return [
    read('requests', 'rpm'),
    tighterOf(read('tokens', 'tpm'), read('input-tokens', 'tpm')),
    read('input-tokens', 'inputTpm'),
    read('output-tokens', 'outputTpm'),
  ].filter((reading) => reading !== undefined);
}

function parseReset(text: string | null, clockMs: number): number | undefined {
  const fullAtMs = parseTimestamp(text);
  return fullAtMs === undefined ? undefined : Math.max(0, fullAtMs - clockMs);
}
