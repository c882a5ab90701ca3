/** What a run says about itself: the answer of the `status` query and the source of the live details panel. */
import type { ApprovalMemory, PendingApproval } from './approval';
import type { Priority } from './settings';
import type { Deferral, RunBudget } from './step';

/**
 * `asking`: a person is to answer; `deferred`: the caller went on, the answer comes later; `parked`: every tier has
 * failed, and an operator is to say how it goes on.
 */
export const stepStates = [
  'opening',
  'waiting',
  'calling',
  'asking',
  'deferred',
  'parked',
  'completed',
  'failed',
] as const;
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
  /** While it waits for a known time: how long in all. */
  readonly waitMs?: number;
  /** Whether its text can be followed while it is written; absent until the step's plan is known. */
  readonly streams?: boolean;
  readonly degraded?: boolean;
  /** Where the answer of a deferred step comes from. */
  readonly deferred?: Deferral;
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

/** How far one turn of a `guard` has strayed from its task. */
export interface DriftStatus {
  /** Name of the guard. */
  readonly loop: string;
  /** 1 first. */
  readonly turn: number;
  /** 0 on its task, 1 about something else. Absent when it could not be scored. */
  readonly drift?: number;
  /** From here on it is too far. */
  readonly limit: number;
  readonly action: 'none' | 'warned' | 'stopped' | 'waitingForPerson' | 'approved' | 'refused';
  /** Failure type: why it was not scored. */
  readonly failure?: string;
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
  /** Scored turns of guarded loops, the latest 50, oldest first. */
  readonly drift?: readonly DriftStatus[];
  /** Of the whole chain, chunks included. */
  readonly totals: RunTotals;
  /** Decisions that came by signal and could not be used. */
  readonly ignoredDecisions: number;
}

/** How a run stands, short enough for a history. */
export interface RunBrief {
  readonly pipeline: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly state: RunStatus['state'];
  /** Names of the approvals that wait. */
  readonly approvals: readonly string[];
  /** Steps that wait for an operator. */
  readonly parked: readonly string[];
  readonly totals: RunTotals;
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
