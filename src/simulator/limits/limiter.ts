/** How a provider counts one dimension. Each kind of counting is one file beside this one. */

export interface LimiterReading {
  readonly limit: number;
  /** What is left of the limit, as the provider's headers count it. Never below 0. */
  readonly remaining: number;
  /** Until everything charged so far is forgotten. */
  readonly fullInMs: number;
}

/** Times never go backwards from one call to the next. */
export interface Limiter {
  /** 0 = admitted now; otherwise the time until it would be if nothing else came; Infinity = never. Changes nothing. */
  waitMs(units: number, nowMs: number): number;
  /** Charges unconditionally: also what is over the limit counts. */
  charge(units: number, nowMs: number): void;
  /** Takes back a part of what was charged at `chargedAtMs`; what is forgotten by now is not taken back again. */
  giveBack(units: number, chargedAtMs: number, nowMs: number): void;
  /** A new limit. What was charged stays charged. */
  resize(limit: number, nowMs: number): void;
  read(nowMs: number): LimiterReading;
}
