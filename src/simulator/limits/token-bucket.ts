/**
 * A bucket that fills all the time at the rate of the limit and holds `burstMs` of it. Idle, it is full.
 * A request that needs the whole bucket or more is admitted when nine tenths are there, and what it takes too much is
 * filled up first: however small the burst, one request always fits, and the rate holds. The last tenth is not waited
 * for because no client can: a request that arrives 25 ms late leaves a bucket of one second that much short of full.
 */
import type { Limiter, LimiterReading } from './limiter';

const minuteMs = 60_000;
const asGoodAsFull = 0.9;

export class TokenBucket implements Limiter {
  /** Units short of full, at `asOfMs`. More than the bucket holds = a debt. */
  private missing = 0;
  private asOfMs = 0;

  constructor(
    private limit: number,
    private readonly burstMs: number,
  ) {}

  waitMs(units: number, nowMs: number): number {
    if (units > this.limit) return Number.POSITIVE_INFINITY;
    this.fill(nowMs);
    const short = this.missing + Math.min(units, this.burst * asGoodAsFull) - this.burst;
    return Math.max(0, short / this.unitsPerMs);
  }

  charge(units: number, nowMs: number): void {
    this.fill(nowMs);
    this.missing = Math.min(this.missing + units, this.mostMissing);
  }

  giveBack(units: number, _chargedAtMs: number, nowMs: number): void {
    this.fill(nowMs);
    this.missing = Math.max(0, this.missing - units);
  }

  resize(limit: number, nowMs: number): void {
    this.fill(nowMs);
    this.limit = limit;
    this.missing = Math.min(this.missing, this.mostMissing);
  }

  /** Providers show the limit of a whole minute, whatever burst they grant: only what is missing to full comes off it. */
  read(nowMs: number): LimiterReading {
    this.fill(nowMs);
    return {
      limit: this.limit,
      remaining: Math.max(0, Math.floor(this.limit - this.missing)),
      fullInMs: this.missing / this.unitsPerMs,
    };
  }

  private get unitsPerMs(): number {
    return this.limit / minuteMs;
  }

  private get burst(): number {
    return this.unitsPerMs * this.burstMs;
  }

  /** No debt is worse than a minute: refused requests that are charged all the same cannot close the bucket for hours. */
  private get mostMissing(): number {
    return this.burst + this.limit;
  }

  private fill(nowMs: number): void {
    this.missing = Math.max(0, this.missing - (nowMs - this.asOfMs) * this.unitsPerMs);
    this.asOfMs = nowMs;
  }
}
