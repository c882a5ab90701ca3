/** What the readers of limit headers have in common. A field that is unknown or makes no sense is left out by itself. */
import type { LimitReading } from '../contracts/capacity';

type Dimension = LimitReading['dimension'];

/** Beyond it a number is a mistake: the largest quotas sold are a thousandth of it. */
const largestCount = 1e12;
/** A day is the longest window any provider counts in; the change of clocks and roundings add to it. */
const longestResetMs = 26 * 3_600_000;

/** Undefined when there is nothing in it. */
export function readingOf(
  dimension: Dimension,
  fields: { limit: string | null; remaining: string | null; resetMs: number | undefined },
): LimitReading | undefined {
  // A limit of nothing would have let nothing through, but here is an answer.
  const limit = parseCount(fields.limit) || undefined;
  const remaining = parseCount(fields.remaining);
  const resetMs = plausible(fields.resetMs);
  if (limit === undefined && remaining === undefined && resetMs === undefined) return undefined;
  return {
    dimension,
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetMs === undefined ? {} : { resetMs }),
  };
}

/** Of two readings of the same dimension the one with less left, or, where that is not said, the lower limit. */
export function tighterOf(a: LimitReading | undefined, b: LimitReading | undefined): LimitReading | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const left = (reading: LimitReading): number => reading.remaining ?? Infinity;
  const all = (reading: LimitReading): number => reading.limit ?? Infinity;
  const isTighter = left(b) === left(a) ? all(b) < all(a) : left(b) < left(a);
  return isTighter ? b : a;
}

/** The readings `ageMs` later, when a long answer has come to its end. */
export function ageReadings(readings: readonly LimitReading[], ageMs: number): LimitReading[] {
  return readings.map((reading) => ({ ...reading, ageMs: Math.round(ageMs) }));
}

function parseCount(text: string | null): number | undefined {
  const value = text?.trim() ?? '';
  const count = /^\d{1,13}$/.test(value) ? Number(value) : NaN;
  return count <= largestCount ? count : undefined;
}

function plausible(resetMs: number | undefined): number | undefined {
  return resetMs !== undefined && resetMs <= longestResetMs ? Math.ceil(resetMs) : undefined;
}
