import { createHash } from 'node:crypto';
import type { Client, Connection } from '@temporalio/client';
import { canonicalJson } from '../contracts/json';
import type { JsonValue } from '../contracts/json';
import { pipelineWorkflowIdOf } from '../contracts/ids';
import { runMemoKey } from '../contracts/names';
import { sizeLimitsOf, sizeProblemOf } from '../contracts/size-limits';
import { summaryLine } from '../contracts/summary-line';
import { findPipeline } from '../contracts/pipelines/catalogue';
import type { PipelineContract } from '../contracts/pipelines/catalogue';
import { overloadText } from '../contracts/overload';
import { priorities } from '../contracts/settings';
import type { Priority } from '../contracts/settings';
import type { RunMemo } from '../contracts/status';
import { HoldfastError } from '../errors/holdfast-error';
import type { OpenOverloadBoard } from '../journal/overload-board';
import type { StreamSource } from '../journal/stream-source';
import type { PayloadStorage } from '../security/payload-storage/create-payload-storage';
import type { ApprovalTokens } from '../security/approval-token';
import { readBudget } from './read-budget';
import type { StartBudget } from './read-budget';
import { readInbox } from './read-inbox';
import type { Inbox, InboxOptions } from './read-inbox';
import { RunHandle } from './run-handle';
import type { RunPlace } from './run-handle';
import { translated } from './translate-error';

export interface StartOptions {
  /** Business id: starting the same id with the same input attaches to the run. */
  readonly id: string;
  /** Default `default`. */
  readonly tenant?: string;
  /** Who goes first within a lane, for every call of the run: `premium` or `standard`. Default: the tenant's. */
  readonly priority?: Priority;
  /** What the run may spend: past it a call is refused with `Budget.Exceeded` before it is made. Default: any amount. */
  readonly budget?: StartBudget;
  /** Who starts it: may not decide an approval that says `notStarter`. */
  readonly startedBy?: string;
}

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
  readonly payloads?: Pick<PayloadStorage, 'isOn' | 'close'>;
  /** Signs decisions, where the workers ask for tokens. */
  readonly tokens?: ApprovalTokens;
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
   * a run with this id is open that was started with other input or another budget, or for another tenant. A closed
   * id starts afresh.
   * Throws `Capacity.Overloaded` with `pool`, `expectedMs` and `waiting` in its details when the pipeline meets a full
   * queue (and the client knows the workers' Redis): nothing was started, and a run that is open is attached to as ever.
   */
  async start(pipeline: string, input: unknown, options: StartOptions): Promise<RunHandle> {
    const contract = findPipeline(this.parts.pipelines, pipeline);
    checkName('id', options.id);
    const { tenant = 'default', priority, startedBy } = options;
    checkName('tenant', tenant);
    checkPriority(priority);
    checkStarter(startedBy);
    const budget = readBudget(options.budget);
    const checked = asSent(contract.parseInput(input), this.parts.payloads?.isOn === true);
    const workflowId = pipelineWorkflowIdOf(pipeline, options.id);
    const memo: RunMemo = {
      tenant,
      ...(priority && { priority }),
      ...(budget && { budget }),
      ...(startedBy !== undefined && { startedBy }),
      inputDigest: digestOf(checked),
    };
    await this.refuseOverloaded(pipeline, workflowId);
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
    const runId = handle.firstExecutionRunId;
    const started = await translated({ workflowId }, () =>
      this.parts.client.workflow.getHandle(workflowId, runId).describe(),
    );
    refuseOther(workflowId, { ours: memo, theirs: started.memo?.[runMemoKey] as RunMemo | undefined });
    // The run that was attached to may be one that its chain has continued as.
    const firstRunId = started.raw.workflowExecutionInfo?.firstRunId || runId;
    return this.handleOf(workflowId, { runId, firstRunId });
  }

  /** A run by its business id (`researchReport:report-42`) or by pipeline and id. Nothing is looked up yet. */
  run(workflowId: string): RunHandle {
    return this.handleOf(workflowId);
  }

  /**
   * Every approval that waits in an open run of the client's task queue.
   * Throws `Service.Unreachable` when Temporal or every worker is silent.
   */
  inbox(options: InboxOptions = {}): Promise<Inbox> {
    const { client, taskQueue } = this.parts;
    return readInbox({ client, taskQueue }, options);
  }

  async close(): Promise<void> {
    this.parts.overloads?.close();
    this.parts.streams?.close();
    this.parts.payloads?.close();
    await this.parts.connection.close();
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

function refuseOther(workflowId: string, { ours, theirs }: { ours: RunMemo; theirs: RunMemo | undefined }): void {
  if (theirs === undefined) return;
  const difference = differenceOf(ours, theirs);
  if (difference === undefined) return;
  throw new HoldfastError(
    'Pipeline.AlreadyStarted',
    `${workflowId} is running ${difference}; use another id, or wait until it has ended`,
    { workflowId },
  );
}

function differenceOf(ours: RunMemo, theirs: RunMemo): string | undefined {
  if (theirs.tenant !== ours.tenant) return 'for another tenant';
  if (theirs.inputDigest !== ours.inputDigest) return 'with other input';
  // Whoever starts it counts on the budget they name, or on none.
  const [own, other] = [ours, theirs].map(({ budget }) => (budget === undefined ? 'none' : canonicalJson(budget)));
  return own === other ? undefined : `with another budget (${other})`;
}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._@+=-]{0,199}$/;

function checkName(field: 'id' | 'tenant', name: unknown): void {
  if (typeof name === 'string' && nameForm.test(name)) return;
  throw new HoldfastError(
    'Pipeline.InvalidInput',
    `${field}: expected 1 to 200 characters of A–Z a–z 0–9 . _ @ + = -, received ${shown(name)}`,
  );
}

function checkPriority(priority: unknown): void {
  if (priority === undefined || priorities.some((known) => known === priority)) return;
  throw new HoldfastError(
    'Pipeline.InvalidInput',
    `priority: expected ${priorities.join(' or ')}, received ${shown(priority)}`,
  );
}

function checkStarter(startedBy: unknown): void {
  if (startedBy === undefined || (typeof startedBy === 'string' && /\S/.test(startedBy) && startedBy.length <= 256))
    return;
  throw new HoldfastError(
    'Pipeline.InvalidInput',
    `startedBy: expected 1 to 256 characters of a name, received ${shown(startedBy)}`,
  );
}

/** A value that should have been a text, for a message. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? JSON.stringify(value).slice(0, 80) : `a ${typeof value}`;
}

/** The input as the workflow will see it: a date is a text there, an undefined field is none. */
function asSent(input: unknown, hasPayloadStore: boolean): JsonValue | undefined {
  if (input === undefined) return undefined;
  let text: string;
  try {
    text = JSON.stringify(input);
  } catch (error) {
    const told = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new HoldfastError('Pipeline.InvalidInput', `input: not JSON: ${told}`, {}, { cause: error });
  }
  const problem = sizeProblemOf(text, sizeLimitsOf(hasPayloadStore));
  if (problem !== undefined) {
    const advice = hasPayloadStore ? '' : '; larger ones need a payload store (HOLDFAST_PAYLOADS)';
    throw new HoldfastError('Pipeline.InvalidInput', `input ${problem}${advice}`);
  }
  return JSON.parse(text) as JsonValue;
}

function digestOf(input: unknown): string {
  return createHash('sha256').update(canonicalJson(input)).digest('hex').slice(0, 32);
}

/** One line that tells runs apart in the list of the Temporal UI. */
function summaryOf(input: unknown): string {
  const { topic } = (input ?? {}) as { topic?: unknown };
  return typeof topic === 'string' ? topic : canonicalJson(input);
}
