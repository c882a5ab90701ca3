/**
 * What one run knows about itself: which steps were opened and how they stand, which approvals wait, what it cost.
 * The `status` query answers it and the live details panel shows it. One instance per workflow execution, made by
 * the interceptor before the pipeline's first line; keyed by run id, because a worker may share modules between runs.
 */
import { workflowInfo } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { runKeyOf } from '../../contracts/ids';
import { runMemoKey } from '../../contracts/names';
import { priorities } from '../../contracts/settings';
import type { PendingApproval } from '../../contracts/approval';
import type { Priority } from '../../contracts/settings';
import type { SpendLimits, StepPlan } from '../../contracts/step';
import type { ChainMemory, RunMemo, RunStatus, RunTotals, StepStatus } from '../../contracts/status';
import { showDetails } from './details';
import { Turn } from './turn';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class RunState {
  readonly runKey: string;
  readonly tenant: string;
  readonly priority: Priority | undefined;
  /** What the run may spend; the workers keep the account. */
  readonly spendLimits: SpendLimits | undefined;
  /** When the time it was given is over, Unix ms; of its whole chain. */
  readonly endsAtMs: number | undefined;
  state: RunStatus['state'] = 'running';
  ignoredDecisions = 0;
  readonly turn = new Turn();
  /** Plan snapshots by step, as history recorded them. */
  readonly plans = new Map<string, StepPlan>();
  readonly approvals = new Map<string, PendingApproval>();
  private readonly steps: Mutable<StepStatus>[] = [];
  private readonly occurrences: Map<string, number>;

  constructor(memory: ChainMemory | undefined) {
    const info = workflowInfo();
    this.runKey = runKeyOf(info.workflowId, info.firstExecutionRunId);
    const memo = info.memo?.[runMemoKey] as Partial<RunMemo> | undefined;
    this.occurrences = new Map(Object.entries(memory?.occurrences ?? {}));
    this.tenant = typeof memo?.tenant === 'string' ? memo.tenant : 'default';
    // A memo that others wrote may hold anything.
    this.priority = priorities.find((priority) => priority === memo?.priority);
    const { timeMs, ...spendLimits } = memo?.budget ?? {};
    this.spendLimits = Object.keys(spendLimits).length > 0 ? spendLimits : undefined;
    this.endsAtMs = memory?.endsAtMs ?? endOf(timeMs);
  }

  /** Opens a step's record. Its occurrence counts the earlier openings of the same step, over continue-as-new. */
  openStep(step: string): { occurrence: number; update: (patch: Partial<StepStatus>) => void } {
    const occurrence = this.occurrences.get(step) ?? 0;
    this.occurrences.set(step, occurrence + 1);
    const record: Mutable<StepStatus> = { step, occurrence, state: 'opening', tier: 0, startedAt: now() };
    this.steps.push(record);
    const update = (patch: Partial<StepStatus>): void => {
      if (patch.state !== undefined && patch.state !== 'waiting') delete record.waitingFor;
      Object.assign(record, patch);
      if (record.state === 'completed' || record.state === 'failed') record.endedAt = now();
      this.show();
    };
    return { occurrence, update };
  }

  memory(): ChainMemory {
    const { endsAtMs } = this;
    return { occurrences: Object.fromEntries(this.occurrences), ...(endsAtMs !== undefined && { endsAtMs }) };
  }

  /** Writes the live details panel of the Temporal UI. */
  show(): void {
    showDetails(this.status());
  }

  status(): RunStatus {
    const info = workflowInfo();
    const waits = this.state === 'running' && this.approvals.size > 0 && !this.steps.some(isOpen);
    return {
      pipeline: info.workflowType,
      workflowId: info.workflowId,
      runId: info.runId,
      tenant: this.tenant,
      state: waits ? 'waitingForPerson' : this.state,
      steps: this.steps.map((step) => ({ ...step })),
      approvals: [...this.approvals.values()],
      totals: totalsOf(this.steps),
      ignoredDecisions: this.ignoredDecisions,
    };
  }
}

/** The sooner of what its starter gave it and what Temporal gives it. */
function endOf(timeMs: number | undefined): number | undefined {
  const { startTime, executionExpirationTime } = workflowInfo();
  const ends = [timeMs === undefined ? undefined : startTime.getTime() + timeMs, executionExpirationTime?.getTime()];
  const known = ends.filter((end) => end !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function isOpen(step: StepStatus): boolean {
  return step.state !== 'completed' && step.state !== 'failed';
}

function totalsOf(steps: readonly StepStatus[]): RunTotals {
  const sum = (read: (step: StepStatus) => number | undefined): number =>
    steps.reduce((total, step) => total + (read(step) ?? 0), 0);
  return {
    steps: steps.filter((step) => step.state === 'completed').length,
    attempts: sum((step) => step.attempts),
    inputTokens: sum((step) => step.inputTokens),
    outputTokens: sum((step) => step.outputTokens),
    costUsd: sum((step) => step.costUsd),
    degradedSteps: steps.filter((step) => step.degraded === true).length,
  };
}

function now(): string {
  return new Date().toISOString();
}

const runs = new Map<string, RunState>();

export function beginRun(memory?: ChainMemory): RunState {
  const state = new RunState(memory);
  runs.set(workflowInfo().runId, state);
  return state;
}

export function endRun(): void {
  runs.delete(workflowInfo().runId);
}

/** The state of the workflow that is executing. Throws `Llm.Internal` when the worker runs without our interceptor. */
export function currentRun(): RunState {
  const state = runs.get(workflowInfo().runId);
  if (state === undefined) {
    throw ApplicationFailure.nonRetryable(
      'Holdfast primitives need the Holdfast workflow interceptors: create the worker with createWorker() from holdfast/worker',
      'Llm.Internal',
    );
  }
  return state;
}
