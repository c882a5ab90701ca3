/** From what happened to the result of the run, and to what is wrong with it. Pure. */
import type { Battle, Struck } from './battle';
import { faultKinds } from './faults';
import type { FaultKind } from './faults';
import { isRateLimited, peakIn, recoveryMsOf, throughputByMinute, throughputIn } from './measure';
import type { Request, Window } from './measure';
import type { HolderCounts } from './messages';

export interface Evidence {
  readonly seed: number;
  readonly minutes: number;
  readonly kinds: readonly FaultKind[];
  /** Why a fault of `kinds` cannot be made on this machine. */
  readonly notAvailable: Readonly<Partial<Record<FaultKind, string>>>;
  readonly leaseMs: number;
  readonly battle: Battle;
  /** The provider's ledger, in order of arrival. */
  readonly requests: readonly Request[];
  /** What holders counted: which paths were taken, never what decides. */
  readonly counts: HolderCounts;
  /** Holders or servers that ended or failed by themselves. */
  readonly broken: readonly string[];
}

export interface ChaosResult {
  readonly seed: number;
  readonly minutes: number;
  readonly leaseMs: number;
  /** How often each really happened. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly notAvailable: readonly FaultKind[];
  /** Requests that reached the provider, of them those it answered 429, over the whole run. */
  readonly calls: number;
  readonly rateLimited: number;
  readonly rateLimitedShare: number;
  /** Leases without a living holder, a lease and a second after a fault; the sum over all faults. */
  readonly leakedLeases: number;
  readonly leaseCheck: {
    readonly checks: number;
    /** Moments that were compared, over all checks and endpoints. */
    readonly moments: number;
    /** Calls in flight that had no lease. */
    readonly unleased: number;
    /** Left when everybody had gone. */
    readonly leakedAtEnd: number;
  };
  /** Use of the limits per minute, 1 = all of them: measured for so long before the first and after the last fault. */
  readonly throughputBefore: number;
  readonly throughputAfter: number;
  /** After, as a share of before. */
  readonly throughputKept: number;
  /** From a lease and a second after each fault to the next one, all of them together. */
  readonly throughputBetween: number;
  readonly throughputByMinute: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** The longest of each fault, from its end; -1 = not before the next fault. */
  readonly recoveryMs: Readonly<Partial<Record<FaultKind, number>>>;
  /** The fullest second and minute on any endpoint, as a share of what its limit allows in that time. */
  readonly peaks: { readonly second: number; readonly minute: number };
  readonly paths: HolderCounts;
  readonly violations: readonly string[];
}

export const bounds = {
  rateLimitedShare: 0.001,
  throughputKept: 0.99,
  /** A second of rate may come at once, as most limiters let it, but never more. */
  peakSecond: 2,
  /** No call waits for Redis longer (450 ms, and what a busy machine adds). */
  storeMs: 500,
} as const;

export function resultOf(evidence: Evidence): ChaosResult {
  const { seed, minutes, leaseMs, kinds, notAvailable, battle, requests, counts } = evidence;
  const { struck, before, after, atEnd } = battle;
  const rateLimited = requests.filter(isRateLimited).length;
  const [throughputBefore, throughputAfter] = [throughputIn(requests, before), throughputIn(requests, after)];
  const readings = struck.flatMap(({ leases }) => leases);
  const result = {
    seed,
    minutes,
    leaseMs,
    faults: Object.fromEntries(kinds.map((kind) => [kind, firedOf(kind, struck)])),
    notAvailable: faultKinds.filter((kind) => notAvailable[kind] !== undefined),
    calls: requests.length,
    rateLimited,
    rateLimitedShare: round(requests.length === 0 ? 0 : rateLimited / requests.length, 5),
    leakedLeases: sum(readings.map(({ leaked }) => leaked)),
    leaseCheck: {
      checks: struck.length,
      moments: sum(readings.map(({ moments }) => moments)),
      unleased: sum(readings.map(({ unleased }) => unleased)),
      leakedAtEnd: sum(atEnd.map(({ leaked }) => leaked)),
    },
    throughputBefore: round(throughputBefore, 4),
    throughputAfter: round(throughputAfter, 4),
    throughputKept: round(throughputAfter / throughputBefore, 4),
    throughputBetween: round(betweenFaults(evidence), 4),
    throughputByMinute: { before: byMinute(requests, before), after: byMinute(requests, after) },
    recoveryMs: recoveries(evidence, throughputBefore),
    peaks: { second: round(peakIn(requests, 1_000).share, 3), minute: round(peakIn(requests, 60_000).share, 4) },
    paths: counts,
  };
  return { ...result, violations: violationsOf(result, evidence) };
}

function firedOf(kind: FaultKind, struck: readonly Struck[]): number {
  return struck.filter((each) => each.kind === kind && each.fired).length;
}

function byMinute(requests: readonly Request[], window: Window): readonly number[] {
  return throughputByMinute(requests, window).map((use) => round(use, 4));
}

/** From the end of each fault to the next one, or to the measured time after the last. */
function recoveryWindows({ struck, after }: Battle): readonly (Window & { readonly kind: FaultKind })[] {
  return struck.map(({ kind, toMs }, index) => ({
    kind,
    fromMs: toMs,
    toMs: struck[index + 1]?.fromMs ?? after.fromMs,
  }));
}

function betweenFaults({ battle, requests, leaseMs }: Evidence): number {
  const windows = recoveryWindows(battle)
    .map(({ fromMs, toMs }) => ({ fromMs: fromMs + leaseMs + 1_000, toMs }))
    .filter(({ fromMs, toMs }) => toMs > fromMs);
  const length = sum(windows.map(({ fromMs, toMs }) => toMs - fromMs));
  return sum(windows.map((window) => throughputIn(requests, window) * (window.toMs - window.fromMs))) / length;
}

function recoveries({ battle, requests }: Evidence, before: number): ChaosResult['recoveryMs'] {
  const longest: Partial<Record<FaultKind, number>> = {};
  for (const { kind, ...window } of recoveryWindows(battle)) {
    const ms = recoveryMsOf(requests, window, before);
    const known = longest[kind] ?? 0;
    longest[kind] = ms === undefined || known < 0 ? -1 : Math.max(known, Math.round(ms));
  }
  return longest;
}

function violationsOf(result: Omit<ChaosResult, 'violations'>, evidence: Evidence): readonly string[] {
  const { battle, broken, notAvailable } = evidence;
  const found: string[] = [...broken];
  for (const [kind, fired] of Object.entries(result.faults) as [FaultKind, number][]) {
    if (fired === 0) found.push(`${kind} never fired: the run is void${because(notAvailable[kind])}`);
  }
  if (!(result.rateLimitedShare <= bounds.rateLimitedShare) || result.calls === 0) {
    found.push(`${result.rateLimited} of ${result.calls} calls were answered 429: more than 0.1 %`);
  }
  for (const { kind, leases } of battle.struck) found.push(...leaseViolations(leases, `after ${kind}`));
  found.push(...leaseViolations(battle.atEnd, 'at the end'));
  if (!(result.throughputKept >= bounds.throughputKept)) {
    found.push(`throughput is ${percent(result.throughputKept)} of what it was before: less than 99 %`);
  }
  for (const [kind, ms] of Object.entries(result.recoveryMs)) {
    if (ms < 0) found.push(`throughput did not come back after ${kind} before the next fault`);
  }
  if (result.peaks.second > bounds.peakSecond) {
    found.push(`${result.peaks.second} times a second's share of a limit arrived within one second: more than 2`);
  }
  if (result.paths.longestStoreMs > bounds.storeMs) {
    found.push(`a caller waited ${result.paths.longestStoreMs} ms for the store: more than ${bounds.storeMs}`);
  }
  return found;
}

function leaseViolations(readings: Battle['atEnd'], when: string): readonly string[] {
  return readings.flatMap(({ endpoint, leaked, unleased, moments }) => [
    ...(moments === 0 ? [`the leases of ${endpoint} could not be compared ${when}`] : []),
    ...(leaked > 0 ? [`${leaked} leases of ${endpoint} had no holder ${when}`] : []),
    ...(unleased > 0 ? [`${unleased} calls on ${endpoint} had no lease ${when}`] : []),
  ]);
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
