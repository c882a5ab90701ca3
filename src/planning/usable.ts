/**
 * How much of each limit the engine gets out without a 429. What it leaves is the price of dispatch jitter, of judged
 * windows, and of not knowing when a call will end. The planner's test against the simulator holds these numbers to what
 * the engine does.
 */
import type { LimitDimension, Limits } from '../contracts/settings';
import type { Amounts } from './balance';

/** Every minute is kept exactly; calls of different sizes, up to 5 % of the limit, leave a little unused between them. */
const tokenShare = 0.99;
/** Output is held as expected while a call runs, and as it was for a minute after it: a good fifth of the limit is idle. */
const outputShare = 0.78;

/** Per dimension that is limited. `requestsPerMinute` is what the engine's pacing makes of a limit on requests. */
export function usableOf(limits: Limits, requestsPerMinute: (limits: Limits) => number): Amounts {
  const usable = limitsOf(limits).map(([dimension, limit]): [LimitDimension, number] => {
    switch (dimension) {
      case 'rpm':
        return [dimension, Math.min(limit, requestsPerMinute(limits))];
      case 'tpm':
      case 'inputTpm':
        return [dimension, limit * tokenShare];
      case 'outputTpm':
        return [dimension, limit * outputShare];
      case 'concurrency':
        return [dimension, busySlots(limit)];
      case 'rpd':
        return [dimension, limit];
    }
  });
  return Object.fromEntries(usable);
}

/** The limits that are set, as pairs. */
export function limitsOf({ requestWindowMs: _, ...limits }: Limits): [LimitDimension, number][] {
  return Object.entries(limits) as [LimitDimension, number][];
}

/**
 * Who waits for a slot comes back when one should be free: once in the time between two endings. On average half of that
 * passes before a slot is taken again.
 */
function busySlots(slots: number): number {
  return slots / (1 + 1 / (2 * slots));
}
