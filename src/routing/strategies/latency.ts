import { ranksOf } from '../strategy';
import type { RouteOption, Strategy } from '../strategy';

/** Nearer than this factor two latencies count as equal: noise must not send every call to one endpoint. */
const noise = 1.1;

/** Fastest first by the mean of the last 100 calls; those nobody has called lately before all, so that they get measured. */
export const latency: Strategy = ({ options }) => {
  const known = options.flatMap(({ reading }) => (isUnknown(reading) ? [] : [reading?.latencyMs ?? Infinity]));
  const fastestMs = Math.max(1, Math.min(...known));
  return ranksOf(options.map((option) => stepsAbove(fastestMs, option)));
};

/** Calls fade within an hour or so, and what they took is old news then. */
function isUnknown(reading: RouteOption['reading']): boolean {
  return reading === undefined || reading.calls < 1;
}

function stepsAbove(fastestMs: number, { reading }: RouteOption): number {
  if (isUnknown(reading)) return -1;
  // Called, and never an answer to measure: that one is not unknown, it is broken.
  if (reading?.latencyMs === undefined) return Number.MAX_SAFE_INTEGER;
  return Math.floor(Math.log(Math.max(1, reading.latencyMs) / fastestMs) / Math.log(noise));
}
