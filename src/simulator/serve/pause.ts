import { setTimeout as delay } from 'node:timers/promises';

/** Longest time a Node timer can hold, about 25 days: as good as never. It takes a longer one for 1 ms. */
const neverMs = 2 ** 31 - 1;

/** Waits; without a time, for ever. Rejects when `signal` aborts. */
export async function pause(durationMs: number | undefined, signal: AbortSignal): Promise<void> {
  await delay(Math.min(durationMs ?? neverMs, neverMs), undefined, { signal });
}
