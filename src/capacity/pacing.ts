/**
 * Limits compiled to what the scripts work with. Two guards share the work: pacing spaces starts as a limiter with
 * next to no burst wants them, and the ledger holds every window of `windowMs` to the limit exactly.
 */
import type { Limits } from '../contracts/settings';

const minuteMs = 60_000;
/** Azure OpenAI judges a request limit on windows of 10 s, some deployments on windows of 1 s. */
const defaultRequestWindowMs = 10_000;
/** Starts are whole milliseconds, and a limiter may count both ends of its window. */
const roundingMs = 1;

/** Any window of a minute as the provider sees it holds only starts of one window of this length. */
export function windowMsOf(jitterMs: number): number {
  return minuteMs + jitterMs;
}

/**
 * Least time between two starts, ms. A limiter may have a burst of one second of rate or of one request, whichever is
 * more. When a second of rate has room for the requests that jitter pushes together, the spacing only has to keep
 * the judged windows (and with them the minute) within the limit; below that every gap has to outlast the jitter itself.
 * A window of 1 s that admits `n` requests is kept by n − 1 gaps, as both its ends may hold a request.
 */
export function requestGapMsOf(
  { rpm = 0, requestWindowMs = defaultRequestWindowMs }: Limits,
  jitterMs: number,
): number {
  if (rpm === 0) return 0;
  const sparseMs = minuteMs / rpm + jitterMs + roundingMs;
  const judgedMs = requestWindowMs + jitterMs + roundingMs;
  const admitted = rpm / (minuteMs / requestWindowMs);
  if (requestWindowMs < defaultRequestWindowMs) {
    return admitted < 1 ? sparseMs : judgedMs / Math.max(1, Math.floor(admitted) - 1);
  }
  const absorbsJitter = (rpm / minuteMs) * (1000 - jitterMs) >= 1;
  return absorbsJitter ? judgedMs / admitted : sparseMs;
}

/** rpm, tpm, inputTpm, outputTpm, rpd, concurrency (0 = not limited), then the gap between requests, ms. */
export function compileLimits(limits: Limits, jitterMs: number): readonly number[] {
  const { rpm = 0, tpm = 0, inputTpm = 0, outputTpm = 0, rpd = 0, concurrency = 0 } = limits;
  return [rpm, tpm, inputTpm, outputTpm, rpd, concurrency, requestGapMsOf(limits, jitterMs)];
}
