/**
 * A count that starts anew at set times, whatever was asked before: twice the limit passes around such a time.
 * A minute or a day, or a piece of the minute in which its share of the limit must suffice.
 */
import type { Limiter, LimiterReading } from './limiter';

export interface WindowSchedule {
  /** The first time after `nowMs` at which the count starts anew. */
  endOf(nowMs: number): number;
  /** One window admits the limit divided by this. */
  readonly pieces: number;
}

export class FixedWindow implements Limiter {
  private used = 0;
  private endsAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private limit: number,
    private readonly schedule: WindowSchedule,
  ) {}

  waitMs(units: number, nowMs: number): number {
    if (units > this.capacity) return Number.POSITIVE_INFINITY;
    this.turn(nowMs);
    return this.used + units <= this.capacity ? 0 : this.endsAtMs - nowMs;
  }

  charge(units: number, nowMs: number): void {
    this.turn(nowMs);
    this.used += units;
  }

  giveBack(units: number, chargedAtMs: number, nowMs: number): void {
    this.turn(nowMs);
    if (this.schedule.endOf(chargedAtMs) === this.endsAtMs) this.used = Math.max(0, this.used - units);
  }

  resize(limit: number): void {
    this.limit = limit;
  }

  /** Of the present window: Azure shows 79 of 480 requests per minute as remaining after one in ten seconds. */
  read(nowMs: number): LimiterReading {
    this.turn(nowMs);
    return {
      limit: this.limit,
      remaining: Math.max(0, this.capacity - this.used),
      fullInMs: this.used === 0 ? 0 : this.endsAtMs - nowMs,
    };
  }

  private get capacity(): number {
    return this.limit / this.schedule.pieces;
  }

  private turn(nowMs: number): void {
    if (nowMs < this.endsAtMs) return;
    this.used = 0;
    this.endsAtMs = this.schedule.endOf(nowMs);
  }
}
