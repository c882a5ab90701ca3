/** What the provider's ledger says about lanes and tenants. Pure; times are the ledger's. */
import type { LedgerEntry } from '../../../simulator';

export type LaneRequest = Pick<LedgerEntry, 'callId' | 'receivedAt' | 'status' | 'chargedTokens'>;

/** From inclusive, to exclusive, ms. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A run of one question. */
export interface Question {
  readonly workflowId: string;
  /** When its start was asked for. */
  readonly askedAtMs: number;
  /** When its step was opened, by the run's own status. */
  readonly openedAtMs: number;
}

export interface Waits {
  readonly count: number;
  /** From the opening of the step to its call's arrival at the provider. */
  readonly p50WaitMs: number;
  readonly p99WaitMs: number;
  /** The same from asking for the run's start: Temporal's part is in it. */
  readonly p99FromStartMs: number;
}

export interface BatchFlow {
  readonly completed: number;
  readonly perMinute: number;
  /** Longest time without a batch call, at the edges of the window too. */
  readonly longestGapMs: number;
}

/** The run a request belongs to: reservation ids, which requests carry, begin with its workflow id. */
export function workflowIdOf({ callId }: Pick<LaneRequest, 'callId'>): string {
  return decodeURIComponent(callId?.split('/')[0] ?? '');
}

export function requestsIn(requests: readonly LaneRequest[], { fromMs, toMs }: Window): readonly LaneRequest[] {
  return requests.filter(({ receivedAt }) => receivedAt >= fromMs && receivedAt < toMs);
}

export function isRateLimited({ status }: Pick<LaneRequest, 'status'>): boolean {
  return status === 429;
}

/** A question that never arrived has waited until `nowMs`. */
export function waitsOf(questions: readonly Question[], requests: readonly LaneRequest[], nowMs: number): Waits {
  const arrivals = new Map<string, number>();
  for (const request of requests) {
    const workflowId = workflowIdOf(request);
    if (!isRateLimited(request) && !arrivals.has(workflowId)) arrivals.set(workflowId, request.receivedAt);
  }
  const sortedMs = (since: 'askedAtMs' | 'openedAtMs'): readonly number[] =>
    questions
      .map((question) => (arrivals.get(question.workflowId) ?? nowMs) - question[since])
      .sort((first, second) => first - second);
  const waits = sortedMs('openedAtMs');
  return {
    count: questions.length,
    p50WaitMs: Math.round(percentile(waits, 0.5)),
    p99WaitMs: Math.round(percentile(waits, 0.99)),
    p99FromStartMs: Math.round(percentile(sortedMs('askedAtMs'), 0.99)),
  };
}

/** The smallest value that at least this share of the values does not exceed; 0 when there are none. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

export function tokensOf(requests: readonly LaneRequest[]): number {
  return requests.reduce((sum, { chargedTokens }) => sum + chargedTokens, 0);
}

export function flowOf(requests: readonly LaneRequest[], window: Window): BatchFlow {
  const own = requestsIn(requests, window).filter((request) => !isRateLimited(request));
  const times = [window.fromMs, ...own.map(({ receivedAt }) => receivedAt), window.toMs];
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return {
    completed: own.length,
    perMinute: round((own.length * 60_000) / (window.toMs - window.fromMs), 1),
    longestGapMs: Math.round(Math.max(...gaps)),
  };
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
