/** The gate of one endpoint: every request passes all of its limits at once, or none is charged for its tokens. */
import type { LimitSettings } from '../settings';
import type { Limiter, LimiterReading } from './limiter';
import { SlidingMinute } from './sliding-minute';

export type Dimension = 'rpm' | 'tpm' | 'concurrency';

/** Why a request was turned away: the dimension that is furthest from admitting it. */
export interface Refusal {
  readonly dimension: Dimension;
  readonly limit: number;
  readonly remaining: number;
  readonly requested: number;
  /** Infinity: larger than the limit, will never be admitted. Absent: nobody knows (concurrency). */
  readonly waitMs?: number;
}

export interface AdmissionReadings {
  readonly requests?: LimiterReading;
  readonly tokens?: LimiterReading;
}

export class Admission {
  private requests: Limiter | undefined;
  private tokens: Limiter | undefined;
  private concurrency: number | undefined;
  private inFlightNow = 0;
  private inFlightPeak = 0;

  constructor(
    limits: LimitSettings,
    private chargesFailedRequests: boolean,
  ) {
    this.configure(limits, chargesFailedRequests);
  }

  /** New limits; what was charged under the old ones still counts. */
  configure(limits: LimitSettings, chargesFailedRequests: boolean): void {
    this.requests = resized(this.requests, limits.rpm);
    this.tokens = resized(this.tokens, limits.tpm);
    this.concurrency = limits.concurrency;
    this.chargesFailedRequests = chargesFailedRequests;
  }

  /** Charges and enters, and answers undefined; or charges at most the failed request, and answers why. */
  enter(tokens: number, nowMs: number): Refusal | undefined {
    const refusal = this.refusals(tokens, nowMs).sort((a, b) => (b.waitMs ?? 0) - (a.waitMs ?? 0))[0];
    if (refusal !== undefined) {
      this.chargeFailed(nowMs);
      return refusal;
    }
    this.requests?.charge(1, nowMs);
    this.tokens?.charge(tokens, nowMs);
    this.inFlightNow += 1;
    this.inFlightPeak = Math.max(this.inFlightPeak, this.inFlightNow);
    return undefined;
  }

  leave(): void {
    this.inFlightNow -= 1;
  }

  /** A request that failed before it reached the limits, e.g. a malformed one. */
  chargeFailed(nowMs: number): void {
    if (this.chargesFailedRequests) this.requests?.charge(1, nowMs);
  }

  read(nowMs: number): AdmissionReadings {
    return {
      ...(this.requests === undefined ? {} : { requests: this.requests.read(nowMs) }),
      ...(this.tokens === undefined ? {} : { tokens: this.tokens.read(nowMs) }),
    };
  }

  get inFlight(): number {
    return this.inFlightNow;
  }

  get maxInFlight(): number {
    return this.inFlightPeak;
  }

  resetPeak(): void {
    this.inFlightPeak = this.inFlightNow;
  }

  private refusals(tokens: number, nowMs: number): Refusal[] {
    const refusals: Refusal[] = [];
    const windows = [
      { dimension: 'rpm', limiter: this.requests, requested: 1 },
      { dimension: 'tpm', limiter: this.tokens, requested: tokens },
    ] as const;
    for (const { dimension, limiter, requested } of windows) {
      const waitMs = limiter?.waitMs(requested, nowMs) ?? 0;
      if (limiter === undefined || waitMs === 0) continue;
      const { limit, remaining } = limiter.read(nowMs);
      refusals.push({ dimension, limit, remaining, requested, waitMs });
    }
    if (this.concurrency !== undefined && this.inFlightNow >= this.concurrency) {
      refusals.push({ dimension: 'concurrency', limit: this.concurrency, remaining: 0, requested: 1 });
    }
    return refusals;
  }
}

function resized(limiter: Limiter | undefined, limit: number | undefined): Limiter | undefined {
  if (limit === undefined) return undefined;
  limiter?.resize(limit);
  return limiter ?? new SlidingMinute(limit);
}
