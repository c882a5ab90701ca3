/** What a run says about itself: the answer of the `status` query and the source of the live details panel. */
import type { ApprovalMemory, PendingApproval } from './approval';
import type { Priority } from './settings';
import type { RunBudget } from './step';

/** `parked`: every tier has failed, and an operator is to say how it goes on. */
export const stepStates = ['opening', 'waiting', 'calling', 'parked', 'completed', 'failed'] as const;
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

export const noTotals: RunTotals = {
  steps: 0,
  attempts: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  degradedSteps: 0,
};

export function addTotals(a: RunTotals, b: RunTotals): RunTotals {
  return {
    steps: a.steps + b.steps,
    attempts: a.attempts + b.attempts,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costUsd: a.costUsd + b.costUsd,
    degradedSteps: a.degradedSteps + b.degradedSteps,
  };
}

/** How far an `each` is. */
export interface EachStatus {
  readonly name: string;
  /** Items that ended well; of a list in chunks, counted chunk by chunk. */
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  /** Items that ended, per minute since the start. Absent in its first second. */
  readonly perMinute?: number;
  /** ISO 8601: when it ends if it goes on like this. */
  readonly expectedEndAt?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
}

export interface RunStatus {
  readonly pipeline: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly tenant: string;
  readonly state: 'running' | 'waitingForPerson' | 'completed' | 'failed' | 'cancelled';
  readonly steps: readonly StepStatus[];
  readonly approvals: readonly PendingApproval[];
  /** Every `each` of this run, the latest 20, oldest first. */
  readonly progress?: readonly EachStatus[];
  /** Of the whole chain, chunks included. */
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
  readonly approvals?: ApprovalMemory;
  /** Lists in chunks so far. Absent in what was written before there were any. */
  readonly lists?: number;
  /** Of the runs before. */
  readonly totals?: RunTotals;
}

/** What a start writes into the run's memo. */
export interface RunMemo {
  readonly tenant: string;
  /** Of every call of the run. Default: the tenant's. */
  readonly priority?: Priority;
  /** What the run may spend. Absent = any amount. */
  readonly budget?: RunBudget;
  /** Who started it: may not decide an approval that says `notStarter`. */
  readonly startedBy?: string;
  /** Digest of the input: tells a repeated start from one with other input. */
  readonly inputDigest: string;
}
