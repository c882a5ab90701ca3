/** Windows of one length, one after the other. When they begin, nobody outside knows. */
import type { Random } from '../random';
import type { WindowSchedule } from './fixed-window';

const minuteMs = 60_000;

/** Windows of `windowMs` at a phase drawn from `random`; each admits its share of a limit per minute. */
export function scheduleWindows(windowMs: number, random: Random): WindowSchedule {
  const phaseMs = random.int(0, windowMs - 1);
  return {
    endOf: (nowMs) => (Math.floor((nowMs - phaseMs) / windowMs) + 1) * windowMs + phaseMs,
    pieces: minuteMs / windowMs,
  };
}
