/** How far the lists of a run are, a line each. Pure. */
import type { EachStatus } from '../../contracts/status';
import type { Style } from './style';
import { amountText, clipped, countText, durationText, printable } from './text';

export interface ProgressPicture {
  readonly nowMs: number;
  /** Characters per line. */
  readonly width: number;
  readonly style: Style;
}

const barWidth = 20;

/** Of the lists that are being worked on. */
export function renderProgress(lists: readonly EachStatus[], picture: ProgressPicture): string[] {
  return openLists(lists).map((list) => lineOf(list, picture));
}

export function openLists(lists: readonly EachStatus[] = []): EachStatus[] {
  return lists.filter(({ endedAt }) => endedAt === undefined);
}

function lineOf(list: EachStatus, { nowMs, width, style }: ProgressPicture): string {
  const filled = Math.floor(barWidth * shareOf(list));
  const [done, left] = ['█'.repeat(filled), '░'.repeat(barWidth - filled)];
  const leftMs = list.expectedEndAt === undefined ? undefined : Date.parse(list.expectedEndAt) - nowMs;
  const text = [
    progressText(list),
    ...(list.perMinute === undefined ? [] : [`${countText(list.perMinute)} a minute`]),
    ...(leftMs === undefined || leftMs <= 0 ? [] : [`about ${durationText(leftMs)} left`]),
  ].join(' · ');
  return `${style.active(done)}${style.faint(left)} ${clipped(text, width - barWidth - 1)}`;
}

/** `sections: 40 of 500 items · 2 failed`. */
export function progressText({ name, done, failed, total }: EachStatus): string {
  const counted = `${printable(name)}: ${countText(done + failed)} of ${amountText(total, 'item')}`;
  return failed === 0 ? counted : `${counted} · ${countText(failed)} failed`;
}

/** Of the items that have ended, 0 to 1. */
export function shareOf({ done, failed, total }: EachStatus): number {
  return total === 0 ? 1 : Math.min(1, (done + failed) / total);
}
