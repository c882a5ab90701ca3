/** The result as a person reads it. */
import { quotas } from './account';
import type { Quota } from './account';
import type { Battle } from './battle';
import type { FaultKind } from './faults';
import { isRateLimited, useOf } from './measure';
import type { Request, Window } from './measure';
import type { ChaosResult } from './verdict';

export function reportLines(result: ChaosResult): readonly string[] {
  const { rateLimited, calls, rateLimitedShare, leakedLeases, leaseCheck, peaks, paths } = result;
  return [
    '',
    `${'fault'.padEnd(18)}${'fired'.padStart(6)}${'back after'.padStart(14)}`,
    ...(Object.entries(result.faults) as [FaultKind, number][]).map(([kind, fired]) => {
      const ms = result.recoveryMs[kind];
      return `${kind.padEnd(18)}${String(fired).padStart(6)}${recoveryText(ms).padStart(14)}`;
    }),
    '',
    `429s         ${rateLimited} of ${calls} calls (${percent(rateLimitedShare, 3)})`,
    `leases       ${leakedLeases} leaked, ${leaseCheck.unleased} calls without one, in ${leaseCheck.checks} checks`,
    `throughput   ${percent(result.throughputBefore)} of the limits before, ${percent(result.throughputAfter)} after ` +
      `(${percent(result.throughputKept)} of it), ${percent(result.throughputBetween)} between the faults`,
    `peaks        ${peaks.second} of a second's share, ${peaks.minute} of a minute's`,
    `store        ${paths.storeUnavailable} of ${paths.storeCalls} operations without an answer, the longest wait ${paths.longestStoreMs} ms`,
    ...(result.violations.length === 0 ? ['no violations'] : result.violations.map((text) => `VIOLATION    ${text}`)),
  ];
}

const stepMs = 10_000;

/** The use of each limit per minute, the 429s and the faults, in steps of ten seconds. */
export function timelineLines({ before, after, struck }: Battle, requests: readonly Request[]): readonly string[] {
  const rated: readonly Quota[] = quotas.filter(({ boundBy }) => boundBy !== 'concurrency');
  const head = `${'from'.padStart(6)}${rated.map(({ name }) => name.padStart(9)).join('')}${'429s'.padStart(6)}  faults`;
  const steps = Math.ceil((after.toMs - before.fromMs) / stepMs);
  const rows = Array.from({ length: steps }, (_, index) => {
    const step = { fromMs: before.fromMs + index * stepMs, toMs: before.fromMs + (index + 1) * stepMs };
    const isIn = (atMs: number): boolean => atMs >= step.fromMs && atMs < step.toMs;
    const uses = rated.map((quota) => percent(useOf(quota, requests, step), 0).padStart(9)).join('');
    const refused = requests.filter((request) => isRateLimited(request) && isIn(request.receivedAt)).length;
    const faults = struck.filter(({ fromMs }) => isIn(fromMs)).map(({ kind }) => kind);
    return `${fromText(step, before).padStart(6)}${uses}${String(refused).padStart(6)}  ${faults.join(', ')}`.trimEnd();
  });
  return ['', head, ...rows];
}

function fromText({ fromMs }: Window, before: Window): string {
  return `${Math.round((fromMs - before.fromMs) / 1_000)} s`;
}

function recoveryText(ms: number | undefined): string {
  if (ms === undefined) return '–';
  return ms < 0 ? 'not in time' : `${(ms / 1_000).toFixed(1)} s`;
}

function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}
