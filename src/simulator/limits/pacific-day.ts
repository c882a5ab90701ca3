/** Gemini's day: from midnight to midnight on the Pacific coast of the United States, 23 to 25 hours. */
import type { WindowSchedule } from './fixed-window';

const hourMs = 3_600_000;
const format = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
});

export const pacificDay: WindowSchedule = { endOf: nextPacificMidnight, pieces: 1 };

function nextPacificMidnight(nowMs: number): number {
  const { year, month, day } = readPacific(nowMs);
  // Midnight is 7 hours behind UTC in summer and 8 in winter. The clocks change at two in the morning.
  const inSummerMs = Date.UTC(year, month - 1, day + 1, 7);
  return readPacific(inSummerMs).hour === 0 ? inSummerMs : inSummerMs + hourMs;
}

function readPacific(epochMs: number): { year: number; month: number; day: number; hour: number } {
  const parts = format.formatToParts(epochMs);
  const read = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  return { year: read('year'), month: read('month'), day: read('day'), hour: read('hour') };
}
