import { setTimeout as delay } from 'node:timers/promises';

/** Longest time a Node timer can hold, about 25 days: as good as never. */
const neverMs = 2 ** 31 - 1;

/** Waits; without a time, for ever. Rejects when `signal` aborts. */
export async function pause(durationMs: number | undefined, signal: AbortSignal): Promise<void> {
  await delay(durationMs ?? neverMs, undefined, { signal });
}
