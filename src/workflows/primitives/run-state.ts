/**
 * What one run knows about itself: which steps were opened and how they stand, which approvals wait, what it cost.
 * The `status` query answers it and the live details panel shows it. One instance per workflow execution, made by
 * the interceptor before the pipeline's first line; keyed by run id, because a worker may share modules between runs.
 */
import { workflowInfo } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { runKeyOf } from '../../contracts/ids';
import { chunkWorkflowName, runMemoKey } from '../../contracts/names';
import { priorities } from '../../contracts/settings';
import type { ApprovalMemory, PendingApproval } from '../../contracts/approval';
import type { RunPart } from '../../contracts/each';
import type { Priority } from '../../contracts/settings';
import type { SpendLimits, StepPlan } from '../../contracts/step';
import { addTotals, noTotals } from '../../contracts/status';
import type { ChainMemory, RunMemo, RunStatus, RunTotals, StepState, StepStatus } from '../../contracts/status';
import { eachStatusOf } from '../policy/each-progress';
import type { Progress } from '../policy/each-progress';
import { showDetails } from './details';
import { currentItem } from './each-item';
import { SearchAttributes } from './search-attributes';
import { DriftLog } from './drift-log';
import { Turn } from './turn';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Lists the status tells of; the latest. */
const shownLists = 20;

/** How an `each` tells how far it is. */
export interface ListProgress {
  /** Items that have ended since the last call. */
  add(ended: { readonly done?: number; readonly failed?: number }): void;
  end(): void;
}

export class RunState {
  readonly runKey: string;
  readonly tenant: string;
  readonly priority: Priority | undefined;
  /** What the run may spend; the workers keep the account. */
  readonly spendLimits: SpendLimits | undefined;
  /** When the time it was given is over, Unix ms; of its whole chain. */
  readonly endsAtMs: number | undefined;
  /** Name of the pipeline, also in a chunk of its list. */
  readonly pipeline: string;
  /** Who started it, as the start says. */
  readonly startedBy: string | undefined;
  /** What the runs it continues know of their approvals. */
  readonly carriedApprovals: ApprovalMemory | undefined;
  /** Set by who keeps the approvals. */
  approvalMemory: () => ApprovalMemory | undefined = () => this.carriedApprovals;
  state: RunStatus['state'] = 'running';
  /** The pipeline has returned or thrown; handlers may still be at work. */
  isOver = false;
  ignoredDecisions = 0;
  readonly turn = new Turn();
  /** What has to have happened before the run may end; never rejected. */
  readonly beforeEnd: Promise<unknown>[] = [];
  readonly drift = new DriftLog(() => this.show());
  readonly searchAttributes = new SearchAttributes();
  /** Plan snapshots by step, as history recorded them. */
  readonly plans = new Map<string, StepPlan>();
  readonly approvals = new Map<string, PendingApproval>();
  /** Questions of human tiers: each is asked, and decided, in the workflow that it names. */
  readonly approvalsElsewhere = new Set<PendingApproval>();
  private readonly steps: Mutable<StepStatus>[] = [];
  private readonly occurrences: Map<string, number>;
  private readonly lists: Mutable<Progress>[] = [];
  private listNumber: number;
  /** Of steps in the runs this one continues, and in its chunks. */
  private totalsElsewhere: RunTotals;

  /** `part`: of the run whose steps it makes; its own unless it is a chunk. */
  constructor(memory: ChainMemory | undefined, part = ownPart(memory)) {
    this.runKey = part.runKey;
    this.tenant = part.tenant;
    this.priority = part.priority;
    this.spendLimits = part.spendLimits;
    this.endsAtMs = part.endsAtMs;
    this.startedBy = part.startedBy;
    this.pipeline = part.pipeline ?? workflowInfo().workflowType;
    this.learnPlans(part.plans);
    this.occurrences = new Map(Object.entries(memory?.occurrences ?? {}));
    this.listNumber = memory?.lists ?? 0;
    this.totalsElsewhere = memory?.totals ?? noTotals;
    this.carriedApprovals = memory?.approvals;
  }

  /** Opens a step's record. Its occurrence counts the earlier openings of the same step, over continue-as-new. */
  openStep(step: string): { occurrence: number; update: (patch: Partial<StepStatus>) => void } {
    const occurrence = currentItem()?.occurrenceOf(step) ?? this.countOpening(step);
    const record: Mutable<StepStatus> = { step, occurrence, state: 'opening', tier: 0, startedAt: now() };
    this.steps.push(record);
    const update = (patch: Partial<StepStatus>): void => {
      if (patch.state !== undefined && patch.state !== 'waiting') {
        delete record.waitingFor;
        delete record.waitMs;
      }
      Object.assign(record, patch);
      if (record.state === 'completed' || record.state === 'failed') record.endedAt = now();
      this.show();
    };
    return { occurrence, update };
  }

  /** How many effects of this name there were before, as for steps. */
  openEffect(name: string): number {
    // No step is called like this.
    const counted = `effect ${name}`;
    return currentItem()?.occurrenceOf(counted) ?? this.countOpening(counted);
  }

  private countOpening(step: string): number {
    const occurrence = this.occurrences.get(step) ?? 0;
    this.occurrences.set(step, occurrence + 1);
    return occurrence;
  }

  /** Opens the record of an `each`. */
  openList(name: string, total: number): ListProgress {
    const list: Mutable<Progress> = { name, done: 0, failed: 0, total, startedAtMs: Date.now() };
    this.lists.push(list);
    if (this.lists.length > shownLists) this.lists.shift();
    return {
      add: ({ done = 0, failed = 0 }) => {
        list.done += done;
        list.failed += failed;
        this.show();
      },
      end: () => {
        list.endedAtMs = Date.now();
        this.show();
      },
    };
  }

  /** Tells lists in chunks apart, over continue-as-new: what their items buy is kept under it. */
  takeListNumber(): number {
    return this.listNumber++;
  }

  /** What a chunk is to know of the run. */
  part(): RunPart {
    const { runKey, tenant, priority, spendLimits, endsAtMs, startedBy, pipeline } = this;
    return {
      runKey,
      tenant,
      ...(priority && { priority }),
      ...(spendLimits && { spendLimits }),
      ...(endsAtMs !== undefined && { endsAtMs }),
      ...(startedBy !== undefined && { startedBy }),
      pipeline,
      plans: [...this.plans.values()],
    };
  }

  /** What a chunk has used, and the plans it was the first to record. */
  addPart({ totals, plans }: { readonly totals: RunTotals; readonly plans: readonly StepPlan[] }): void {
    this.totalsElsewhere = addTotals(this.totalsElsewhere, totals);
    this.learnPlans(plans);
  }

  private learnPlans(plans: readonly StepPlan[]): void {
    for (const plan of plans) if (!this.plans.has(plan.step)) this.plans.set(plan.step, plan);
  }

  memory(): ChainMemory {
    const { endsAtMs } = this;
    const approvals = this.approvalMemory();
    return {
      occurrences: Object.fromEntries(this.occurrences),
      lists: this.listNumber,
      totals: this.totals(),
      ...(endsAtMs !== undefined && { endsAtMs }),
      ...(approvals !== undefined && { approvals }),
    };
  }

  totals(): RunTotals {
    return addTotals(this.totalsElsewhere, totalsOf(this.steps));
  }

  /** Writes the live details panel of the Temporal UI, and the search attributes where they change. `isLast`: of this run. */
  show(isLast = false): void {
    const status = this.status();
    showDetails(status);
    this.searchAttributes.show(status, isLast);
  }

  /** A worker says that the server knows the search attributes. A chunk shows what the run it is a part of shows. */
  becomeSearchable(): void {
    const { workflowType: pipeline } = workflowInfo();
    if (pipeline !== chunkWorkflowName) this.searchAttributes.learn({ pipeline, tenant: this.tenant });
  }

  status(): RunStatus {
    const info = workflowInfo();
    const approvals = [...this.approvals.values(), ...this.approvalsElsewhere];
    const waits = this.state === 'running' && approvals.length > 0 && !this.steps.some(isBusy);
    return {
      pipeline: info.workflowType,
      workflowId: info.workflowId,
      runId: info.runId,
      tenant: this.tenant,
      state: waits ? 'waitingForPerson' : this.state,
      steps: this.steps.map((step) => ({ ...step })),
      approvals,
      ...(this.lists.length > 0 && { progress: this.lists.map((list) => eachStatusOf(list, Date.now())) }),
      ...this.drift.status(),
      totals: this.totals(),
      ignoredDecisions: this.ignoredDecisions,
    };
  }
}

/** What a run is by itself, and by what its starter wrote. */
function ownPart(memory: ChainMemory | undefined): RunPart {
  const info = workflowInfo();
  const memo = info.memo?.[runMemoKey] as Partial<RunMemo> | undefined;
  const { timeMs, ...spendLimits } = memo?.budget ?? {};
  const endsAtMs = memory?.endsAtMs ?? endOf(timeMs);
  // A memo that others wrote may hold anything.
  const priority = priorities.find((known) => known === memo?.priority);
  return {
    runKey: runKeyOf(info.workflowId, info.firstExecutionRunId),
    tenant: typeof memo?.tenant === 'string' ? memo.tenant : 'default',
    ...(priority && { priority }),
    ...(Object.keys(spendLimits).length > 0 && { spendLimits }),
    ...(endsAtMs !== undefined && { endsAtMs }),
    ...(typeof memo?.startedBy === 'string' && { startedBy: memo.startedBy }),
    plans: [],
  };
}

/** Temporal's own timeouts end a run from outside: what they leave of a run that was reset it does not say. */
function endOf(timeMs: number | undefined): number | undefined {
  return timeMs === undefined ? undefined : workflowInfo().startTime.getTime() + timeMs;
}

/** There is more to wait for than a person. */
function isBusy({ state }: StepStatus): boolean {
  return !idleStates.includes(state);
}

const idleStates: readonly StepState[] = ['asking', 'deferred', 'completed', 'failed'];

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

export function beginRun(memory?: ChainMemory, part?: RunPart): RunState {
  const state = new RunState(memory, part);
  runs.set(workflowInfo().runId, state);
  return state;
}

export function endRun(): void {
  runs.delete(workflowInfo().runId);
}

/** Undefined in a tier, which keeps none. */
export function stateOfRun(): RunState | undefined {
  return runs.get(workflowInfo().runId);
}

/** The state of the workflow that is executing. Throws `Llm.Internal` when the worker runs without our interceptor. */
export function currentRun(): RunState {
  const state = stateOfRun();
  if (state === undefined) {
    throw ApplicationFailure.nonRetryable(
      'Holdfast primitives need the Holdfast workflow interceptors: create the worker with createWorker() from holdfast/worker',
      'Llm.Internal',
    );
  }
  return state;
}
