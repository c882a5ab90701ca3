/**
 * An exact log of the last 60 seconds: a unit charged at t counts until just before t + 60 s.
 * In no window of 60 seconds, wherever it begins, are more than `limit` units admitted.
 */
import type { Limiter, LimiterReading } from './limiter';

const windowMs = 60_000;
/** Forgotten entries are cut off the log when this many have gathered, so that each costs constant time. */
const compactAfter = 1_024;

interface Entry {
  readonly atMs: number;
  units: number;
}

export class SlidingMinute implements Limiter {
  private log: Entry[] = [];
  private oldest = 0;
  private used = 0;

  constructor(private limit: number) {}

  waitMs(units: number, nowMs: number): number {
    this.forget(nowMs);
    if (units > this.limit) return Number.POSITIVE_INFINITY;
    let excess = this.used + units - this.limit;
    for (let index = this.oldest; excess > 0; index += 1) {
      const entry = this.log[index];
      if (entry === undefined) break;
      excess -= entry.units;
      if (excess <= 0) return entry.atMs + windowMs - nowMs;
    }
    return 0;
  }

  charge(units: number, nowMs: number): void {
    this.forget(nowMs);
    this.log.push({ atMs: nowMs, units });
    this.used += units;
  }

  giveBack(units: number, chargedAtMs: number, nowMs: number): void {
    this.forget(nowMs);
    const entry = this.log[this.firstSince(chargedAtMs)];
    if (entry?.atMs !== chargedAtMs) return;
    entry.units -= units;
    this.used -= units;
  }

  resize(limit: number): void {
    this.limit = limit;
  }

  read(nowMs: number): LimiterReading {
    this.forget(nowMs);
    const newest = this.log.at(-1);
    return {
      limit: this.limit,
      remaining: Math.max(0, this.limit - this.used),
      fullInMs: newest === undefined ? 0 : newest.atMs + windowMs - nowMs,
    };
  }

  /** Index of the first entry at `atMs` or later. */
  private firstSince(atMs: number): number {
    let from = this.oldest;
    let to = this.log.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.log[middle]?.atMs ?? 0) < atMs) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  private forget(nowMs: number): void {
    for (;;) {
      const entry = this.log[this.oldest];
      if (entry === undefined || entry.atMs + windowMs > nowMs) break;
      this.used -= entry.units;
      this.oldest += 1;
    }
    if (this.oldest >= compactAfter || this.oldest === this.log.length) {
      this.log = this.log.slice(this.oldest);
      this.oldest = 0;
    }
  }
}
