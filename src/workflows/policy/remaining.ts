/** The time of a step: one budget for all its model tiers, waits included. */

/** Below this a call cannot be started and finished in earnest, and no server timer fires sooner. */
export const leastUsefulMs = 1_000;

/** Milliseconds left of `stepMs`; never negative. */
export function remainingMsOf(stepMs: number, startedAtMs: number, nowMs: number): number {
  return Math.max(0, stepMs - (nowMs - startedAtMs));
}

/** A wait in seconds as people read it: `3.2 s`. */
export function secondsText(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
