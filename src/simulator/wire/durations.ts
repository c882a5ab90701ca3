/** How providers write times into headers and errors. */

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

/** Google's error detail that says how long to wait: `18s`, `2.250s`, as protobuf writes a duration. */
export function retryInfoOf(retryInMs: number): object {
  const ms = Math.max(1, Math.ceil(retryInMs));
  const seconds = ms % 1_000 === 0 ? String(ms / 1_000) : (ms / 1_000).toFixed(3);
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` };
}
