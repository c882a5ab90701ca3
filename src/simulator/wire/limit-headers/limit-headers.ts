/** What a provider tells of its limits in headers. Each style is one file beside this one. */
import type { LimitReadings } from '../../limits/endpoint-limiter';

export type Headers = Readonly<Record<string, string>>;

export interface LimitHeaders {
  /** Of the headers about limits. */
  readonly names: readonly string[];
  /** On every response. */
  ofState(readings: LimitReadings, nowMs: number): Headers;
  /** On a refusal, when it is known how long to wait. */
  ofRetry(waitMs: number): Headers;
}

/** `retry-after` in whole seconds. */
export function retryAfter(waitMs: number): Headers {
  return { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) };
}

/** `x-ratelimit-limit-requests` and the like, of OpenAI and Azure. */
export const openAiNames = ['limit', 'remaining', 'reset'].flatMap((what) => {
  return ['requests', 'tokens'].map((unit) => `x-ratelimit-${what}-${unit}`);
});
