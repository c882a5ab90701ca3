import { formatGoDuration } from '../durations';
import { openAiNames, retryAfter } from './limit-headers';
import type { LimitHeaders } from './limit-headers';

/** Exact numbers, the time to full as a Go duration. Of requests those per day if no others are limited. */
export const openAiHeaders: LimitHeaders = {
  names: openAiNames,
  ofState: ({ rpm, rpd, tpm }) => {
    const headers: Record<string, string> = { 'openai-organization': 'org-simulated', 'openai-version': '2020-10-01' };
    for (const [unit, reading] of Object.entries({ requests: rpm ?? rpd, tokens: tpm })) {
      if (reading === undefined) continue;
      headers[`x-ratelimit-limit-${unit}`] = String(reading.limit);
      headers[`x-ratelimit-remaining-${unit}`] = String(reading.remaining);
      headers[`x-ratelimit-reset-${unit}`] = formatGoDuration(reading.fullInMs);
    }
    return headers;
  },
  ofRetry: retryAfter,
};
