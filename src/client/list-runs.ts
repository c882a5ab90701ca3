/** Runs by what Temporal's visibility knows about them. Asks no worker and no run. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import {
  batchQueueWorkflowName,
  batchWorkflowName,
  chunkWorkflowName,
  noticeWorkflowName,
  runMemoKey,
  tierWorkflowName,
} from '../contracts/names';
import { registrationCommand, searchAttributes as keys } from '../contracts/search-attributes';
import type { RunWait } from '../contracts/search-attributes';
import type { RunMemo } from '../contracts/status';
import { HoldfastError } from '../errors/holdfast-error';
import { grpcCodes, isGrpc, translated } from './translate-error';

export type RunListState = 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timedOut';

export interface RunFilter {
  readonly pipeline?: string;
  readonly tenant?: string;
  readonly state?: RunListState;
  /** Only runs that a fallback tier has served. */
  readonly degraded?: boolean;
  /** Only runs that wait for this. */
  readonly waitingFor?: RunWait;
  /** Only runs in which something is the matter with this step: a fallback tier served it, it failed, or is waited for. */
  readonly step?: string;
  /** The latest so many. Default 50. */
  readonly limit?: number;
}

export interface ListedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly pipeline: string;
  readonly state: RunListState;
  /** Absent where neither the start nor the run's search attributes say it. */
  readonly tenant?: string;
  /** This and what follows is absent in a run without search attributes. */
  readonly degraded?: boolean;
  /** US dollars, as of the last change of `degraded` or `waitingFor`, or the end. */
  readonly costUsd?: number;
  readonly waitingFor?: readonly string[];
  readonly steps?: readonly string[];
  readonly startedAt: Date;
  readonly closedAt?: Date;
}

interface Place {
  readonly client: Client;
  readonly taskQueue: string;
}

const defaultLimit = 50;
/** One page of the server. */
const mostRuns = 1_000;

/** The latest first. Throws `Config.Invalid` for a filter that the server cannot answer, `Pipeline.InvalidInput`. */
export async function listRuns({ client, taskQueue }: Place, filter: RunFilter = {}): Promise<ListedRun[]> {
  const { limit = defaultLimit } = filter;
  checkLimit(limit);
  const query = queryOf(taskQueue, filter);
  return translated({ workflowId: 'the runs' }, async () => {
    const runs: ListedRun[] = [];
    try {
      for await (const execution of client.workflow.list({ query, pageSize: limit })) {
        runs.push(listedRunOf(execution));
        if (runs.length === limit) break;
      }
    } catch (error) {
      throw isGrpc(error, grpcCodes.invalidArgument) ? unanswerable(client.options.namespace, error) : error;
    }
    return runs;
  });
}

/** A value in a query of Temporal's visibility. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Workflows that are a part of runs, or serve several. */
const partTypes = [tierWorkflowName, chunkWorkflowName, noticeWorkflowName, batchWorkflowName, batchQueueWorkflowName];

/** As queries write them. */
const statusNames: Readonly<Record<RunListState, string>> = {
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Canceled',
  terminated: 'Terminated',
  timedOut: 'TimedOut',
};

function queryOf(taskQueue: string, { pipeline, tenant, state, degraded, waitingFor, step }: RunFilter): string {
  const parts = [`WorkflowType NOT IN (${partTypes.map(quoted).join(', ')})`];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) parts.push(`${name} = ${quoted(value)}`);
  };
  add('TaskQueue', taskQueue);
  add('WorkflowType', pipeline);
  add('ExecutionStatus', state && statusNames[state]);
  // A run that goes on as a new one is listed once, as the latest.
  if (state === undefined) parts.push(`ExecutionStatus != 'ContinuedAsNew'`);
  add(keys.tenant.name, tenant);
  if (degraded !== undefined) parts.push(`${keys.degraded.name} = ${String(degraded)}`);
  add(keys.waitingFor.name, waitingFor);
  add(keys.step.name, step);
  return parts.join(' AND ');
}

function listedRunOf(execution: WorkflowExecutionInfo): ListedRun {
  const { typedSearchAttributes: attributes, memo, closeTime } = execution;
  const tenant = attributes.get(keys.tenant) ?? (memo?.[runMemoKey] as Partial<RunMemo> | undefined)?.tenant;
  const { workflowId, runId, type: pipeline, startTime: startedAt } = execution;
  const known = attributes.get(keys.pipeline) !== undefined && {
    degraded: attributes.get(keys.degraded) ?? false,
    costUsd: attributes.get(keys.costUsd) ?? 0,
    waitingFor: attributes.get(keys.waitingFor) ?? [],
    steps: attributes.get(keys.step) ?? [],
  };
  return {
    workflowId,
    runId,
    pipeline,
    state: stateOf(execution.status.name),
    ...(tenant !== undefined && { tenant }),
    ...known,
    startedAt,
    ...(closeTime && { closedAt: closeTime }),
  };
}

/** The SDK tells of `TIMED_OUT`, queries of `TimedOut`. What is new there counts as failed. */
function stateOf(name: string): RunListState {
  const wanted = name.replaceAll('_', '').toLowerCase();
  const found = Object.entries(statusNames).find(([, status]) => status.toLowerCase() === wanted);
  return (found?.[0] as RunListState | undefined) ?? 'failed';
}

function checkLimit(limit: unknown): void {
  if (Number.isSafeInteger(limit) && Number(limit) > 0 && Number(limit) <= mostRuns) return;
  const told = `limit: expected a whole number from 1 to ${mostRuns}, received ${String(limit)}`;
  throw new HoldfastError('Pipeline.InvalidInput', told);
}

function unanswerable(namespace: string, cause: unknown): HoldfastError {
  const told =
    `runs cannot be listed by tenant, degraded, waitingFor or step: namespace ${namespace} does not know Holdfast's search ` +
    `attributes; a worker that may registers them at its start, or: ${registrationCommand(namespace)}`;
  return new HoldfastError('Config.Invalid', told, {}, { cause });
}
