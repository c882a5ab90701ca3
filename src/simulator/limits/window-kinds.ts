/** The ways to count a minute, by the names they have in the config file. */
import type { Random } from '../random';
import { FixedWindow } from './fixed-window';
import type { Limiter } from './limiter';
import { pacificDay } from './pacific-day';
import { scheduleWindows } from './phased-windows';
import { SlidingMinute } from './sliding-minute';
import { TokenBucket } from './token-bucket';

/**
 * `slidingMinute`: no 60 seconds with more than the limit. `fixedMinute`: a count reset each minute, at a second that
 * the seed decides. `bucket…`: filled continuously, holding so many seconds of the rate.
 */
export const tokenWindows = ['slidingMinute', 'fixedMinute', 'bucket1s', 'bucket10s', 'bucket60s'] as const;
export type TokenWindow = (typeof tokenWindows)[number];

/** `judged…`: in each 1 or 10 seconds, at a phase that the seed decides, no more than a 60th or a 6th of the limit. */
export const requestWindows = [...tokenWindows, 'judged1s', 'judged10s'] as const;
export type RequestWindow = (typeof requestWindows)[number];

export type WindowKind = RequestWindow | 'pacificDay';

type OpenWindow = (limit: number, random: Random) => Limiter;

const openers: Readonly<Record<WindowKind, OpenWindow>> = {
  slidingMinute: (limit) => new SlidingMinute(limit),
  fixedMinute: fixedWindow(60_000),
  bucket1s: bucket(1_000),
  bucket10s: bucket(10_000),
  bucket60s: bucket(60_000),
  judged1s: fixedWindow(1_000),
  judged10s: fixedWindow(10_000),
  pacificDay: (limit) => new FixedWindow(limit, pacificDay),
};

/** `random` decides the phase, if the kind has one. */
export function openWindow(kind: WindowKind, limit: number, random: Random): Limiter {
  return openers[kind](limit, random);
}

/** A limit that is judged in pieces of the minute must be a multiple of their number. */
export function piecesPerMinute(kind: WindowKind): number {
  if (kind === 'judged1s') return 60;
  return kind === 'judged10s' ? 6 : 1;
}

function bucket(burstMs: number): OpenWindow {
  return (limit) => new TokenBucket(limit, burstMs);
}

function fixedWindow(windowMs: number): OpenWindow {
  return (limit, random) => new FixedWindow(limit, scheduleWindows(windowMs, random));
}
