import type { Client, Connection } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import type { JsonValue } from '../contracts/json';
import { runMemoKey } from '../contracts/names';
import { findPipeline } from '../contracts/pipelines/catalogue';
import type { PipelineContract } from '../contracts/pipelines/contract';
import { overloadText } from '../contracts/overload';
import { startConflictOf } from '../contracts/start-conflict';
import type { RunMemo } from '../contracts/status';
import type { StepResult } from '../contracts/step';
import { HoldfastError } from '../errors/holdfast-error';
import type { OpenOverloadBoard } from '../journal/overload-board';
import type { StreamSource } from '../journal/stream-source';
import type { PayloadStorage } from '../security/payload-storage/create-payload-storage';
import type { ApprovalTokens } from '../security/approval-token';
import { sweepPayloads, verifyPayloads } from './keep-payloads';
import type { PayloadSweep, PayloadVerification, SweepOptions } from './keep-payloads';
import { listRuns } from './list-runs';
import type { ListedRun, RunFilter } from './list-runs';
import { asSent, checkName, digestOf, prepareStart } from './prepare-start';
import type { PreparedStart, StartOptions } from './prepare-start';
import { readInbox } from './read-inbox';
import type { Inbox, InboxOptions } from './read-inbox';
import { RunHandle } from './run-handle';
import type { RunPlace } from './run-handle';
import { removeSchedule, scheduleRuns, triggerSchedule } from './schedule-runs';
import type { RunSchedule, ScheduleRunsOptions } from './schedule-runs';
import { startAndWait } from './start-and-wait';
import type { StartAndWaitOptions, StartedRun } from './start-and-wait';
import { StartAttributes } from './start-attributes';
import { translated } from './translate-error';

interface Parts {
  readonly client: Client;
  readonly connection: Connection;
  readonly taskQueue: string;
  readonly pipelines: readonly PipelineContract[];
  /** What the workers have posted; without it every start is taken. Closed with the client. */
  readonly overloads?: OpenOverloadBoard;
  /** Where the text of steps is read; without it `RunHandle.stream` refuses. Closed with the client. */
  readonly streams?: StreamSource;
  /** Where large inputs go; without it, or when it is off, they are refused. Closed with the client. */
  readonly payloads?: Pick<PayloadStorage, 'isOn' | 'close' | 'stores'>;
  /** Signs decisions, where the workers ask for tokens. */
  readonly tokens?: ApprovalTokens;
}

/** Starts pipelines and finds their runs. Made by `connect()`; close it when done. */
export class HoldfastClient {
  private readonly attributes = new StartAttributes();

  constructor(private readonly parts: Parts) {}

  /** Names of the pipelines that can be started. */
  get pipelines(): readonly PipelineContract[] {
    return this.parts.pipelines;
  }

  /**
   * Starts a run, or attaches to the open one with the same id and input.
   * Throws `Pipeline.Unknown`, `Pipeline.InvalidInput` before anything is started, and `Pipeline.AlreadyStarted` when
   * a run with this id is open that was started with other input or another budget, or for another tenant. A closed
   * id starts afresh.
   * Throws `Capacity.Overloaded` with `pool`, `expectedMs` and `waiting` in its details when the pipeline meets a full
   * queue (and the client knows the workers' Redis): nothing was started, and a run that is open is attached to as ever.
   */
  async start(pipeline: string, input: unknown, options: StartOptions): Promise<RunHandle> {
    const prepared = this.prepared(pipeline, input, options);
    const { workflowId, memo } = prepared;
    await this.refuseOverloaded(pipeline, workflowId);
    const start = (typedSearchAttributes: SearchAttributePair[]) =>
      this.parts.client.workflow.start(pipeline, { ...prepared.options, typedSearchAttributes });
    const handle = await translated({ workflowId }, () => this.attributes.tried(prepared, start));
    const runId = handle.firstExecutionRunId;
    const started = await translated({ workflowId }, () =>
      this.parts.client.workflow.getHandle(workflowId, runId).describe(),
    );
    const theirs = started.memo?.[runMemoKey] as RunMemo | undefined;
    const conflict = theirs && startConflictOf(workflowId, memo, theirs);
    if (conflict !== undefined) throw new HoldfastError('Pipeline.AlreadyStarted', conflict, { workflowId });
    // The run that was attached to may be one that its chain has continued as.
    const firstRunId = started.raw.workflowExecutionInfo?.firstRunId || runId;
    return this.handleOf(workflowId, { runId, firstRunId });
  }

  /**
   * As `start`, and answers with how the run stands, in one round trip: as soon as it has ended or waits for somebody, and
   * after `waitMs` at the latest. For a service that answers at once when it can, and "accepted" when it cannot.
   * Throws as `start` does, and `Service.Unreachable` when no worker takes the run in time; it may be under way all the
   * same, and the same start attaches to it.
   */
  async startAndWait(pipeline: string, input: unknown, options: StartAndWaitOptions): Promise<StartedRun> {
    const prepared = this.prepared(pipeline, input, options);
    await this.refuseOverloaded(pipeline, prepared.workflowId);
    const { client } = this.parts;
    const start = (typedSearchAttributes: SearchAttributePair[]) =>
      startAndWait({ client, prepared, typedSearchAttributes }, options.waitMs);
    const { firstRunId, ...status } = await this.attributes.tried(prepared, start);
    return { run: this.handleOf(prepared.workflowId, { runId: status.runId, firstRunId }), status };
  }

  /**
   * Starts runs of the pipeline by the clock, by a Temporal Schedule: while one is going on, the next is left out.
   * Throws `Pipeline.Unknown`, `Pipeline.InvalidInput`, `Service.Unreachable`.
   */
  async schedule(pipeline: string, input: unknown, options: ScheduleRunsOptions): Promise<RunSchedule> {
    const { client, taskQueue, payloads, pipelines } = this.parts;
    const checked = asSent(findPipeline(pipelines, pipeline).parseInput(input), payloads?.isOn === true);
    checkName('id', options.id);
    const { tenant = 'default' } = options;
    checkName('tenant', tenant);
    const memo: RunMemo = { tenant, inputDigest: digestOf(checked) };
    return scheduleRuns({ ...options, client, taskQueue, pipeline, input: checked, memo });
  }

  /** Starts a run of a schedule now. Throws `Pipeline.NotFound`. */
  triggerSchedule(scheduleId: string): Promise<void> {
    return triggerSchedule(this.parts.client, scheduleId);
  }

  /** Its runs stay. Throws `Pipeline.NotFound`. */
  removeSchedule(scheduleId: string): Promise<void> {
    return removeSchedule(this.parts.client, scheduleId);
  }

  /** A run by its business id (`researchReport:report-42`) or by pipeline and id. Nothing is looked up yet. */
  run(workflowId: string): RunHandle {
    return this.handleOf(workflowId);
  }

  /**
   * The latest run of this id, open or closed, and whatever it continues as; a later start of the id is another run.
   * Throws `Pipeline.NotFound`, `Service.Unreachable`.
   */
  async find(workflowId: string): Promise<RunHandle> {
    const describe = () => this.parts.client.workflow.getHandle(workflowId).describe();
    const { runId, raw } = await translated({ workflowId }, describe).catch((error: unknown) => {
      if (!(error instanceof HoldfastError) || error.type !== 'Pipeline.NotFound') throw error;
      const told = `there is no run ${workflowId}; "holdfast runs" lists those there are`;
      throw new HoldfastError('Pipeline.NotFound', told, { workflowId }, { cause: error });
    });
    return this.handleOf(workflowId, { runId, firstRunId: raw.workflowExecutionInfo?.firstRunId || runId });
  }

  /**
   * Waits for the answer of a step that was put off: `workflowId` is that of its `deferred`, or of the notice. While the
   * server keeps the workflow, also long after its pipeline has ended.
   *
   * Throws `Pipeline.Failed` when the step has failed after all: `details.failure` names the catalogue type;
   * `Pipeline.NotFound` when there is no such workflow (any more).
   */
  deferredResult<T = JsonValue>(workflowId: string): Promise<StepResult<T>> {
    return this.run(workflowId).result<StepResult<T>>();
  }

  /** Whether Temporal answers within two seconds. */
  async isReachable(): Promise<boolean> {
    const { connection } = this.parts;
    try {
      await connection.withDeadline(Date.now() + 2_000, () => connection.workflowService.getSystemInfo({}));
      return true;
    } catch {
      // Why it does not answer changes nothing for who asks whether it does.
      return false;
    }
  }

  /**
   * Every approval that waits in an open run of the client's task queue.
   * Throws `Service.Unreachable` when Temporal or every worker is silent.
   */
  inbox(options: InboxOptions = {}): Promise<Inbox> {
    const { client, taskQueue } = this.parts;
    return readInbox({ client, taskQueue }, options);
  }

  /**
   * Removes payloads that no run can need any more from the stores of `HOLDFAST_PAYLOADS`: docs/payloads.md, Retention.
   * Throws `Config.Invalid` without a store, and when Temporal knows no run to go by.
   */
  sweepPayloads(options: SweepOptions = {}): Promise<PayloadSweep> {
    return sweepPayloads(this.parts, options);
  }

  /** Compares every payload of the stores with the digest it is kept under. Throws `Config.Invalid` without a store. */
  verifyPayloads(): Promise<PayloadVerification> {
    return verifyPayloads(this.parts);
  }

  /**
   * The runs of the client's task queue, the latest first, as Temporal's visibility knows them: a moment behind the runs.
   * Throws `Config.Invalid` when the filter needs search attributes and the server has none, `Service.Unreachable`.
   */
  list(filter: RunFilter = {}): Promise<ListedRun[]> {
    const { client, taskQueue } = this.parts;
    return listRuns({ client, taskQueue }, filter);
  }

  async close(): Promise<void> {
    this.parts.overloads?.close();
    this.parts.streams?.close();
    this.parts.payloads?.close();
    await this.parts.connection.close();
  }

  private prepared(pipeline: string, input: unknown, options: StartOptions): PreparedStart {
    const { pipelines, taskQueue, payloads } = this.parts;
    return prepareStart(
      { pipelines, taskQueue, hasPayloadStore: payloads?.isOn === true },
      { pipeline, input, options },
    );
  }

  private async refuseOverloaded(pipeline: string, workflowId: string): Promise<void> {
    const overload = await this.parts.overloads?.read(pipeline);
    if (overload === undefined || (await this.isOpen(workflowId))) return;
    const message = `${pipeline}: ${overloadText(overload)}; start again later`;
    throw new HoldfastError('Capacity.Overloaded', message, { ...overload });
  }

  private async isOpen(workflowId: string): Promise<boolean> {
    const describe = () => this.parts.client.workflow.getHandle(workflowId).describe();
    try {
      return (await translated({ workflowId }, describe)).status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof HoldfastError && error.type === 'Pipeline.NotFound') return false;
      throw error;
    }
  }

  private handleOf(workflowId: string, place?: RunPlace): RunHandle {
    const { client, streams, tokens } = this.parts;
    return new RunHandle({
      client,
      workflowId,
      ...(place && { place }),
      ...(streams && { streams }),
      ...(tokens && { tokens }),
    });
  }
}
