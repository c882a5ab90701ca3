/** How a provider counts one dimension. Each kind of counting is one file beside this one. */

export interface LimiterReading {
  readonly limit: number;
  /** Units that would be admitted now. Never below 0. */
  readonly remaining: number;
  /** Until everything charged so far is forgotten. */
  readonly fullInMs: number;
}

export interface Limiter {
  /** 0 = admitted now; otherwise the time until it would be if nothing else came; Infinity = never. Changes nothing. */
  waitMs(units: number, nowMs: number): number;
  /** Charges unconditionally: also what is over the limit counts. */
  charge(units: number, nowMs: number): void;
  /** A new limit. What was charged stays charged. */
  resize(limit: number): void;
  read(nowMs: number): LimiterReading;
}
