/** How providers write times into their limit headers. */

/** As Go prints a `time.Duration`, to the millisecond: `12ms`, `1.5s`, `6m0s`, `1h0m0.25s`. */
export function formatGoDuration(durationMs: number): string {
  const wholeMs = Math.ceil(durationMs);
  if (wholeMs > 0 && wholeMs < 1_000) return `${wholeMs}ms`;
  const hours = Math.floor(wholeMs / 3_600_000);
  const minutes = Math.floor((wholeMs % 3_600_000) / 60_000);
  const seconds = (wholeMs % 60_000) / 1_000;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

/** RFC 3339 in whole seconds, rounded up. */
export function formatRfc3339(epochMs: number): string {
  return new Date(Math.ceil(epochMs / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
}
