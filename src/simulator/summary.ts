/** The ledger in numbers, per endpoint and in all. */
import type { CallOutcome, LedgerEntry } from './ledger';

export interface CallCounts {
  /** Calls, those within batches too; what only asks about a background response or a batch is not one. */
  requests: number;
  running: number;
  answered: number;
  rejected: number;
  fault: number;
  aborted: number;
  cut: number;
  billed: number;
  /** 429s served, by the limits or by a fault. */
  rateLimited: number;
  /** Of billed requests. */
  inputTokens: number;
  outputTokens: number;
  /** Charged against tpm. */
  chargedTokens: number;
  /** Calls in background mode. */
  background: number;
  /** Requests about background responses, batches and their files: free, and in no other number here. */
  retrieves: number;
}

export interface EndpointSummary extends CallCounts {
  inFlight: number;
  /** Most admitted requests at once since the ledger was cleared. */
  maxInFlight: number;
}

export interface Summary {
  readonly endpoints: Readonly<Record<string, EndpointSummary>>;
  readonly total: CallCounts;
  /** Requests the ledger has forgotten, and which no number here contains. */
  readonly dropped: number;
}

export function emptyCounts(): CallCounts {
  const outcomes: Record<CallOutcome, number> = { running: 0, answered: 0, rejected: 0, fault: 0, aborted: 0, cut: 0 };
  const tokens = { inputTokens: 0, outputTokens: 0, chargedTokens: 0 };
  return { requests: 0, ...outcomes, billed: 0, rateLimited: 0, ...tokens, background: 0, retrieves: 0 };
}

export function addToCounts(counts: CallCounts, entry: LedgerEntry): void {
  if (entry.operation !== 'create') {
    counts.retrieves += 1;
    return;
  }
  counts.requests += 1;
  counts.background += entry.background ? 1 : 0;
  counts[entry.outcome] += 1;
  counts.rateLimited += entry.status === 429 ? 1 : 0;
  counts.chargedTokens += entry.chargedTokens;
  if (!entry.billed) return;
  counts.billed += 1;
  counts.inputTokens += entry.inputTokens;
  counts.outputTokens += entry.outputTokens;
}
