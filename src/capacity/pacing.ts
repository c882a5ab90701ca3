/**
 * Limits compiled to what the scripts work with. Two guards share the work: pacing spaces starts as a limiter with
 * next to no burst wants them, and the ledger holds every window of `windowMs` to the limit exactly.
 */
import type { Limits } from '../contracts/settings';

/** A dimension that is not limited is 0. */
export interface Pacing {
  readonly rpm: number;
  readonly tpm: number;
  readonly concurrency: number;
  /** Least time between two starts, ms. */
  readonly requestGapMs: number;
  /** Time one token takes at the limit's rate, ms. */
  readonly tokenMs: number;
}

const minuteMs = 60_000;
/** Azure OpenAI judges a request limit on windows of 10 s. */
const judgedWindowMs = 10_000;
/** Starts are whole milliseconds, and a limiter may count both ends of its window. */
const roundingMs = 1;

/** Any window of a minute as the provider sees it holds only starts of one window of this length. */
export function windowMsOf(jitterMs: number): number {
  return minuteMs + jitterMs;
}

/**
 * Spacing of requests. A limiter may have a burst of one second of rate or of one request, whichever is more. When a
 * second of rate has room for the requests that jitter pushes together, the spacing only has to keep windows of 10 s
 * (and with them the minute) within the limit; below that every gap has to outlast the jitter itself.
 */
export function requestGapMsOf(rpm: number, jitterMs: number): number {
  const absorbsJitter = (rpm / minuteMs) * (1000 - jitterMs) >= 1;
  if (!absorbsJitter) return minuteMs / rpm + jitterMs + roundingMs;
  return (judgedWindowMs + jitterMs + roundingMs) / (rpm * (judgedWindowMs / minuteMs));
}

export function compileLimits(limits: Limits, jitterMs: number): Pacing {
  const { rpm = 0, tpm = 0, concurrency = 0 } = limits;
  return {
    rpm,
    tpm,
    concurrency,
    requestGapMs: rpm > 0 ? requestGapMsOf(rpm, jitterMs) : 0,
    tokenMs: tpm > 0 ? minuteMs / tpm : 0,
  };
}
