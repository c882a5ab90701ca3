import type { LimitReading } from '../../contracts/capacity';

/** Gemini's API says nothing about its limits in headers. Source: ai.google.dev/gemini-api/docs/rate-limits. */
export function readLimits(): LimitReading[] {
  return [];
}
