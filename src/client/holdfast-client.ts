import { createHash } from 'node:crypto';
import type { Client, Connection } from '@temporalio/client';
import { canonicalJson } from '../contracts/json';
import { pipelineWorkflowIdOf } from '../contracts/ids';
import { runMemoKey } from '../contracts/names';
import { summaryLine } from '../contracts/summary-line';
import { findPipeline } from '../contracts/pipelines/catalogue';
import type { PipelineContract } from '../contracts/pipelines/catalogue';
import type { RunMemo } from '../contracts/status';
import { HoldfastError } from '../errors/holdfast-error';
import { RunHandle } from './run-handle';
import { translated } from './translate-error';

export interface StartOptions {
  /** Business id: starting the same id with the same input attaches to the run. */
  readonly id: string;
  /** Default `default`. */
  readonly tenant?: string;
}

interface Parts {
  readonly client: Client;
  readonly connection: Connection;
  readonly taskQueue: string;
  readonly pipelines: readonly PipelineContract[];
}

/** Starts pipelines and finds their runs. Made by `connect()`; close it when done. */
export class HoldfastClient {
  constructor(private readonly parts: Parts) {}

  /** Names of the pipelines that can be started. */
  get pipelines(): readonly PipelineContract[] {
    return this.parts.pipelines;
  }

  /**
   * Starts a run, or attaches to the open one with the same id and input.
   * Throws `Pipeline.Unknown`, `Pipeline.InvalidInput` before anything is started, and `Pipeline.AlreadyStarted` when
   * a run with this id is open that was started with other input. A closed id starts afresh.
   */
  async start(pipeline: string, input: unknown, options: StartOptions): Promise<RunHandle> {
    const contract = findPipeline(this.parts.pipelines, pipeline);
    checkId(options.id);
    const checked = contract.parseInput(input);
    const workflowId = pipelineWorkflowIdOf(pipeline, options.id);
    const memo: RunMemo = { tenant: options.tenant ?? 'default', inputDigest: digestOf(checked) };
    const handle = await translated({ workflowId }, () =>
      this.parts.client.workflow.start(pipeline, {
        workflowId,
        taskQueue: this.parts.taskQueue,
        args: [checked],
        memo: { [runMemoKey]: memo },
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: summaryLine(`${pipeline}: ${summaryOf(checked)}`),
        staticDetails: `${contract.description}\n\nTenant: ${memo.tenant}`,
      }),
    );
    const run = this.handleOf(workflowId, handle.firstExecutionRunId);
    await this.refuseOtherInput(run, memo);
    return run;
  }

  /** A run by its business id (`researchReport:report-42`) or by pipeline and id. Nothing is looked up yet. */
  run(workflowId: string): RunHandle {
    return this.handleOf(workflowId);
  }

  async close(): Promise<void> {
    await this.parts.connection.close();
  }

  private handleOf(workflowId: string, runId?: string): RunHandle {
    return new RunHandle({
      client: this.parts.client,
      workflowId,
      ...(runId === undefined ? {} : { runId }),
    });
  }

  private async refuseOtherInput(run: RunHandle, ours: RunMemo): Promise<void> {
    const theirs = await run.memo();
    if (theirs === undefined || theirs.inputDigest === ours.inputDigest) return;
    throw new HoldfastError(
      'Pipeline.AlreadyStarted',
      `${run.workflowId} is running with other input; use another id, or wait until it has ended`,
      { workflowId: run.workflowId },
    );
  }
}

const idForm = /^[A-Za-z0-9][A-Za-z0-9._@+=-]{0,199}$/;

function checkId(id: unknown): void {
  if (typeof id === 'string' && idForm.test(id)) return;
  const received = id === undefined ? 'nothing' : JSON.stringify(id);
  throw new HoldfastError(
    'Pipeline.InvalidInput',
    `id: expected 1 to 200 characters of A–Z a–z 0–9 . _ @ + = -, received ${received.slice(0, 80)}`,
  );
}

function digestOf(input: unknown): string {
  return createHash('sha256').update(canonicalJson(input)).digest('hex').slice(0, 32);
}

/** One line that tells runs apart in the list of the Temporal UI. */
function summaryOf(input: unknown): string {
  const { topic } = (input ?? {}) as { topic?: unknown };
  return typeof topic === 'string' ? topic : canonicalJson(input);
}
