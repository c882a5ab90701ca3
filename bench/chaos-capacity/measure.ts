/**
 * From the provider's ledger to numbers. Pure. Times are the ledger's; every number is recomputed from single requests,
 * nothing is taken from the engine.
 *
 * Throughput is use of the limit: what an endpoint admitted in the dimension that binds it, divided by what its limit
 * allows in that time; over endpoints, the mean. Only limits per minute count: how much of a number of slots is used
 * depends on how long calls happen to take.
 */
import type { LedgerEntry } from '../../src/simulator';
import { quotas } from './account';
import type { Quota } from './account';

export interface Window {
  readonly fromMs: number;
  /** No part of it. */
  readonly toMs: number;
}

export type Request = Pick<LedgerEntry, 'endpoint' | 'receivedAt' | 'status' | 'chargedTokens'>;

const minuteMs = 60_000;
const rated: readonly Quota[] = quotas.filter(({ boundBy }) => boundBy !== 'concurrency');

export function isRateLimited({ status }: Pick<Request, 'status'>): boolean {
  return status === 429;
}

export function throughputIn(requests: readonly Request[], window: Window): number {
  const uses = rated.map((quota) => useOf(quota, requests, window));
  return uses.reduce((sum, use) => sum + use, 0) / uses.length;
}

/** 1 = all that the limit allows. */
export function useOf(quota: Quota, requests: readonly Request[], { fromMs, toMs }: Window): number {
  const units = requests
    .filter(({ endpoint, receivedAt }) => endpoint === quota.name && receivedAt >= fromMs && receivedAt < toMs)
    .filter((request) => !isRateLimited(request))
    .reduce((sum, request) => sum + unitsOf(quota, request), 0);
  return units / limitIn(quota, toMs - fromMs);
}

function unitsOf({ boundBy }: Quota, { chargedTokens }: Request): number {
  return boundBy === 'tpm' ? chargedTokens : 1;
}

function limitIn({ boundBy, limits }: Quota, ms: number): number {
  return ((boundBy === 'tpm' ? limits.tpm : limits.rpm) * ms) / minuteMs;
}

/** Minute by minute. */
export function throughputByMinute(requests: readonly Request[], { fromMs, toMs }: Window): readonly number[] {
  const minutes = Math.floor((toMs - fromMs) / minuteMs);
  return Array.from({ length: minutes }, (_, index) => {
    const start = fromMs + index * minuteMs;
    return throughputIn(requests, { fromMs: start, toMs: start + minuteMs });
  });
}

/** Short enough to tell seconds apart, long enough that one request more or less is a few per cent. */
const recoveredWindowMs = 5_000;
const recoveredShare = 0.95;
const recoveryStepMs = 100;

/**
 * From the end of a fault to the first five seconds in which as much was admitted as before, give or take one request
 * per endpoint (5 %); undefined when there were none before the next fault.
 */
export function recoveryMsOf(
  requests: readonly Request[],
  { fromMs, toMs }: Window,
  before: number,
): number | undefined {
  const near = requests.filter(({ receivedAt }) => receivedAt >= fromMs && receivedAt < toMs + recoveredWindowMs);
  for (let at = fromMs; at + recoveredWindowMs <= toMs; at += recoveryStepMs) {
    const use = throughputIn(near, { fromMs: at, toMs: at + recoveredWindowMs });
    if (use >= recoveredShare * before) return at - fromMs;
  }
  return undefined;
}

export interface Peak {
  readonly endpoint: string;
  /** Units that arrived, admitted or not, as a share of what the limit allows in that time. */
  readonly share: number;
  readonly atMs: number;
}

/** The fullest so many ms on any endpoint, wherever they begin. */
export function peakIn(requests: readonly Request[], windowMs: number): Peak {
  let peak: Peak = { endpoint: '', share: 0, atMs: 0 };
  for (const quota of rated) {
    const own = requests.filter(({ endpoint }) => endpoint === quota.name);
    let first = 0;
    let units = 0;
    for (const request of own) {
      units += unitsOf(quota, request);
      while ((own[first]?.receivedAt ?? Infinity) <= request.receivedAt - windowMs) {
        units -= unitsOf(quota, own[first] as Request);
        first += 1;
      }
      const share = units / limitIn(quota, windowMs);
      if (share > peak.share) peak = { endpoint: quota.name, share, atMs: request.receivedAt };
    }
  }
  return peak;
}
