/** How far a list is: what the status says of an `each`. */
import type { EachStatus } from '../../contracts/status';

export interface Progress {
  readonly name: string;
  /** Ended well. */
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  readonly startedAtMs: number;
  /** Present once it is over. */
  readonly endedAtMs?: number;
}

/** Below this a rate says nothing. */
const leastMs = 1_000;

export function eachStatusOf({ startedAtMs, endedAtMs, ...counts }: Progress, nowMs: number): EachStatus {
  const { done, failed, total } = counts;
  const elapsedMs = (endedAtMs ?? nowMs) - startedAtMs;
  const ended = done + failed;
  const isKnown = ended > 0 && elapsedMs >= leastMs;
  const leftMs = isKnown ? ((total - ended) * elapsedMs) / ended : undefined;
  return {
    ...counts,
    startedAt: isoOf(startedAtMs),
    ...(isKnown && { perMinute: Math.round((ended * 60_000) / elapsedMs) }),
    ...(endedAtMs !== undefined && { endedAt: isoOf(endedAtMs) }),
    ...(endedAtMs === undefined && leftMs !== undefined && { expectedEndAt: isoOf(nowMs + Math.round(leftMs)) }),
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
