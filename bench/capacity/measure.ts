/** From what the provider saw, and what the client noted, to the result of one run. */
import type { Plan } from './plan';
import type { Tally } from './tally';

/** One request as the provider's ledger has it. */
export interface SeenRequest {
  /** When the limits judged it. */
  readonly atMs: number;
  readonly isAdmitted: boolean;
  /** Units of the binding dimension it was charged; 0 when it was turned away. */
  readonly units: number;
  /** When the call was over; absent while it runs. */
  endedAtMs?: number;
}

export interface Period {
  readonly startMs: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

export interface RunResult {
  /** Requests the provider was sent, of them 429s: in the measured time, and before it. */
  readonly sent: number;
  readonly rateLimited: number;
  readonly warmUpRateLimited: number;
  /**
   * Of the binding dimension in the measured time: units charged to admitted requests ÷ limit. `daily`: of two days'
   * quota, from the start; `concurrency`: mean of calls in flight.
   */
  readonly utilisation: number;
  readonly calls: number;
  readonly answered: number;
  readonly left: number;
  readonly failed: number;
  readonly startsLate: number;
  readonly p99WaitErrorMs: number;
  readonly p99ReturnErrorMs: number;
  /** Questions to the engine per start it granted. */
  readonly asksPerGrant: number;
  readonly storeRetries: number;
  readonly overloaded: number;
}

const minuteMs = 60_000;

export function measureRun(
  plan: Plan,
  { seen, tally, ...period }: Period & { readonly seen: readonly SeenRequest[]; readonly tally: Tally },
): RunResult {
  const measuredFromMs = period.startMs + period.warmUpMs;
  const measured = seen.filter(({ atMs }) => atMs >= measuredFromMs && atMs < measuredFromMs + period.measuredMs);
  const refused = seen.filter(({ isAdmitted }) => !isAdmitted).length;
  const rateLimited = measured.filter(({ isAdmitted }) => !isAdmitted).length;
  return {
    sent: measured.length,
    rateLimited,
    warmUpRateLimited: refused - rateLimited,
    utilisation: utilisationOf(plan, { ...period, seen, measured }),
    calls: tally.calls,
    answered: tally.answered,
    left: tally.left,
    failed: tally.failed,
    startsLate: tally.startsLate,
    p99WaitErrorMs: percentile(tally.waitErrorsMs, 0.99),
    p99ReturnErrorMs: percentile(tally.returnErrorsMs, 0.99),
    asksPerGrant: tally.asks / Math.max(1, tally.grants),
    storeRetries: tally.storeRetries,
    overloaded: tally.overloaded,
  };
}

interface Observed extends Period {
  readonly seen: readonly SeenRequest[];
  readonly measured: readonly SeenRequest[];
}

function utilisationOf(
  { cell, bindingLimit }: Plan,
  { startMs, warmUpMs, measuredMs, seen, measured }: Observed,
): number {
  const quota = bindingLimit * cell.regions;
  const unitsOf = (requests: readonly SeenRequest[]): number => requests.reduce((sum, { units }) => sum + units, 0);
  switch (cell.binding) {
    case 'daily':
      return unitsOf(seen) / (2 * quota);
    case 'concurrency': {
      const fromMs = startMs + warmUpMs;
      const toMs = fromMs + measuredMs;
      const heldMs = seen.reduce((sum, { isAdmitted, atMs, endedAtMs = toMs }) => {
        return isAdmitted ? sum + Math.max(0, Math.min(endedAtMs, toMs) - Math.max(atMs, fromMs)) : sum;
      }, 0);
      return heldMs / (quota * measuredMs);
    }
    case 'tokens':
    case 'requests':
    case 'output':
      return unitsOf(measured) / (quota * (measuredMs / minuteMs));
  }
}

/** The smallest value that at least this share of the values does not exceed; 0 when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
