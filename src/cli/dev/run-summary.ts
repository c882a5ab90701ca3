/** The one line a script reads about a run of `holdfast dev`. Pure. */
import type { ResearchReport } from '../../contracts/pipelines/research-report';
import type { RunStatus } from '../../contracts/status';

export interface RunSummary {
  readonly pipeline: string;
  readonly status: ResearchReport['status'];
  readonly runId: string;
  readonly workflowId: string;
  /** Absolute path; null when nothing was published. */
  readonly pdf: string | null;
  /** Steps completed. */
  readonly steps: number;
  readonly attempts: number;
  /** Calls the provider bills: by the simulator's ledger, with a real provider one per completed step. */
  readonly paidCalls: number;
  /** 429s served, by the simulator's ledger; null with a real provider. */
  readonly rateLimited: number | null;
  /** Input and output. */
  readonly tokens: number;
  readonly costUsd: number;
  readonly uiUrl: string;
  /** From the start of the command to the result. */
  readonly wallMs: number;
}

export interface SummaryParts {
  readonly status: RunStatus;
  readonly result: ResearchReport;
  /** Of the simulator; absent with a real provider. */
  readonly ledger?: { readonly billed: number; readonly rateLimited: number };
  readonly uiUrl: string;
  readonly wallMs: number;
}

export function summarizeRun({ status, result, ledger, uiUrl, wallMs }: SummaryParts): RunSummary {
  const { totals } = status;
  return {
    pipeline: status.pipeline,
    status: result.status,
    runId: status.runId,
    workflowId: status.workflowId,
    pdf: result.status === 'published' ? result.pdf.path : null,
    steps: totals.steps,
    attempts: totals.attempts,
    paidCalls: ledger?.billed ?? totals.steps,
    rateLimited: ledger?.rateLimited ?? null,
    tokens: totals.inputTokens + totals.outputTokens,
    // Sums of tiny prices carry the noise of binary fractions.
    costUsd: Number(totals.costUsd.toFixed(6)),
    uiUrl,
    wallMs: Math.round(wallMs),
  };
}
