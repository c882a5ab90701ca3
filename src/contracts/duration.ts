/** Durations as people write them: a number and its unit, `250ms`, `5s`, `1.5h`. */
const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Node fires a timer at once when its delay exceeds 2^31 - 1 ms, so no duration may be longer than this. */
const longestMs = 24 * unitMs.d;

/** For messages. */
export const durationWords = 'a duration with its unit, such as 250ms, 5s, 2m, 1h or 3d (at most 24d)';

/** Milliseconds of a duration text; `undefined` when it is none, is no whole number of them, or is too long. */
export function parseDurationMs(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  // To the microsecond first: 1.005 × 1000 is not 1005 in floating point.
  const ms = Math.round(Number(amount) * unitMs[unit as keyof typeof unitMs] * 1000) / 1000;
  return Number.isInteger(ms) && ms <= longestMs ? ms : undefined;
}
