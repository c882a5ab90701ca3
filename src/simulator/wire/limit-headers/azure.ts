import { openAiNames, retryAfter } from './limit-headers';
import type { LimitHeaders } from './limit-headers';

const unknown = '-1';

/** The names of OpenAI's, but the time to full in whole seconds, and −1 for everything about a unit without a limit. */
export const azureHeaders: LimitHeaders = {
  names: openAiNames,
  ofState: ({ rpm, tpm }) => {
    const headers: Record<string, string> = {};
    for (const [unit, reading] of Object.entries({ requests: rpm, tokens: tpm })) {
      headers[`x-ratelimit-limit-${unit}`] = reading === undefined ? unknown : String(reading.limit);
      headers[`x-ratelimit-remaining-${unit}`] = reading === undefined ? unknown : String(reading.remaining);
      headers[`x-ratelimit-reset-${unit}`] =
        reading === undefined ? unknown : String(Math.ceil(reading.fullInMs / 1_000));
    }
    return headers;
  },
  ofRetry: (waitMs) => ({ 'retry-after-ms': String(Math.ceil(waitMs)), ...retryAfter(waitMs) }),
};
