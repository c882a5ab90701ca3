/**
 * What an error's `details` say about quotas: `QuotaFailure` names those that are used up, e.g.
 * `GenerateRequestsPerDayPerProjectPerModel-FreeTier`, and `RetryInfo` a delay such as `18s`, which for a daily quota
 * is of no use. Days end at midnight Pacific time. Source: ai.google.dev/gemini-api/docs/rate-limits.
 */
import { identifierOf } from '../failure';
import { parseGoDuration } from '../header-values';
import { maxRetryAfterMs } from '../retry-after';
import { recordOf, textOf } from '../wire-value';
import type { WireRecord } from '../wire-value';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Ids of the quotas that are used up. */
export function readQuotaIds(details: readonly WireRecord[]): string[] {
  const violations = details.flatMap(({ violations: listed }) => (Array.isArray(listed) ? (listed as unknown[]) : []));
  return violations.flatMap((violation) => identifierOf(recordOf(violation)['quotaId']) ?? []);
}

export function isDaily(quotaId: string): boolean {
  return /PerDay/i.test(quotaId);
}

/** Rounded up: a millisecond too early is a refusal more. */
export function readRetryDelay(details: readonly WireRecord[]): number | undefined {
  const delays = details.flatMap(({ retryDelay }) => parseGoDuration(textOf(retryDelay) ?? '') ?? []);
  return delays.length === 0 ? undefined : Math.min(Math.ceil(Math.max(...delays)), maxRetryAfterMs);
}

const pacificHour = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  hour: 'numeric',
});

/** Midnight Pacific is 7:00 UTC in summer and 8:00 in winter. */
export function untilPacificMidnightMs(nowMs: number): number {
  const todayMs = Math.floor(nowMs / dayMs) * dayMs;
  const candidatesMs = [7, 8, 31, 32].map((hour) => todayMs + hour * hourMs);
  const midnightsMs = candidatesMs.filter((atMs) => atMs > nowMs && Number(pacificHour.format(atMs)) === 0);
  return Math.min(...midnightsMs) - nowMs;
}
