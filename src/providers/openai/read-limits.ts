/**
 * `x-ratelimit-{limit,remaining,reset}-{requests,tokens,project-tokens}` of OpenAI, Azure and servers that speak their
 * protocol. They differ in the reset alone, and each value says which it is: OpenAI's is a Go duration (`6m0s`,
 * `12ms`), Azure's a number of whole seconds, with −1 for what it does not know. Both mean the time until the limit is
 * full again. Sources: platform.openai.com/docs/guides/rate-limits (headers), Azure OpenAI quota documentation.
 */
import type { LimitReading } from '../../contracts/capacity';
import { parseGoDuration, parseNumber } from '../header-values';
import { readingOf, tighterOf } from '../limit-readings';

/** A limit per minute is full again within a minute, give or take a rounding. */
const longestMinuteMs = 90_000;

export function readLimits(headers: Headers): LimitReading[] {
  const tokens = tighterOf(readUnit(headers, 'tokens', 'tpm'), readUnit(headers, 'project-tokens', 'tpm'));
  return [readRequests(headers), tokens].filter((reading) => reading !== undefined);
}

/** Small accounts have daily limits on requests, which OpenAI shows under the same name. */
function readRequests(headers: Headers): LimitReading | undefined {
  const reading = readUnit(headers, 'requests', 'rpm');
  return (reading?.resetMs ?? 0) > longestMinuteMs ? readUnit(headers, 'requests', 'rpd') : reading;
}

function readUnit(headers: Headers, unit: string, dimension: LimitReading['dimension']): LimitReading | undefined {
  return readingOf(dimension, {
    limit: headers.get(`x-ratelimit-limit-${unit}`),
    remaining: headers.get(`x-ratelimit-remaining-${unit}`),
    resetMs: parseReset(headers.get(`x-ratelimit-reset-${unit}`)),
  });
}

function parseReset(text: string | null): number | undefined {
  const seconds = parseNumber(text);
  return seconds === undefined ? parseGoDuration(text?.trim() ?? '') : seconds * 1_000;
}
