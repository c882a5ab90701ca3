/** What a run says about itself: the answer of the `status` query and the source of the live details panel. */
import type { PendingApproval } from './approval';
import type { Priority } from './settings';
import type { RunBudget } from './step';

export const stepStates = ['opening', 'waiting', 'calling', 'completed', 'failed'] as const;
export type StepState = (typeof stepStates)[number];

export interface StepStatus {
  readonly step: string;
  readonly occurrence: number;
  readonly state: StepState;
  readonly tier: number;
  /** Endpoint of the running or last call. */
  readonly endpoint?: string;
  /** While waiting: what for, e.g. `tpm on openai-eastus, 3.2 s`. */
  readonly waitingFor?: string;
  /** Whether its text can be followed while it is written; absent until the step's plan is known. */
  readonly streams?: boolean;
  readonly degraded?: boolean;
  readonly attempts?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
  /** Failure type, when failed. */
  readonly failure?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
}

export interface RunTotals {
  /** Steps completed. */
  readonly steps: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly degradedSteps: number;
}

export interface RunStatus {
  readonly pipeline: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly tenant: string;
  readonly state: 'running' | 'waitingForPerson' | 'completed' | 'failed' | 'cancelled';
  readonly steps: readonly StepStatus[];
  readonly approvals: readonly PendingApproval[];
  readonly totals: RunTotals;
  /** Decisions that came by signal and could not be used. */
  readonly ignoredDecisions: number;
}

/** What a run must know of the runs it continues. */
export interface ChainMemory {
  /** How often each step has been opened: the same opening would find its answer in the journal. */
  readonly occurrences: Readonly<Record<string, number>>;
  /** When the time the run was given is over, Unix ms: the first run of the chain says it for all. */
  readonly endsAtMs?: number;
}

/** What a start writes into the run's memo. */
export interface RunMemo {
  readonly tenant: string;
  /** Of every call of the run. Default: the tenant's. */
  readonly priority?: Priority;
  /** What the run may spend. Absent = any amount. */
  readonly budget?: RunBudget;
  /** Digest of the input: tells a repeated start from one with other input. */
  readonly inputDigest: string;
}
