/** The ways in which providers, and the proxies before them, say how long to wait. */
import { formatGoDuration, formatRfc3339 } from '../wire/durations';

export const retryForms = [
  'own',
  'seconds',
  'milliseconds',
  'httpDate',
  'goDuration',
  'rfc3339',
  'retryInfo',
  'none',
] as const;
export type RetryForm = (typeof retryForms)[number];

/** Headers of a form. `own` and `retryInfo` have none here: the provider's error says them. */
export function headersOfForm(form: RetryForm, retryInMs: number, nowMs: number): Readonly<Record<string, string>> {
  switch (form) {
    case 'seconds':
      return { 'retry-after': String(Math.ceil(retryInMs / 1_000)) };
    case 'milliseconds':
      return { 'retry-after-ms': String(Math.ceil(retryInMs)) };
    case 'httpDate':
      return { 'retry-after': new Date(Math.ceil((nowMs + retryInMs) / 1_000) * 1_000).toUTCString() };
    case 'goDuration':
      return {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': formatGoDuration(retryInMs),
      };
    case 'rfc3339':
      return {
        'anthropic-ratelimit-requests-limit': '60',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': formatRfc3339(nowMs + retryInMs),
      };
    case 'own':
    case 'retryInfo':
    case 'none':
      return {};
  }
}
