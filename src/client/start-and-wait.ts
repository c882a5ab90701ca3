/** Update-with-start: one request starts the run or finds it, refuses another one of its id, and waits for a first answer. */
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import { settledUpdateName } from '../contracts/names';
import { longestWaitMs } from '../contracts/settled';
import type { Settled, SettledInput } from '../contracts/settled';
import type { RunBrief } from '../contracts/status';
import { HoldfastError } from '../errors/holdfast-error';
import type { PreparedStart, StartOptions } from './prepare-start';
import type { RunHandle } from './run-handle';
import { grpcCodes, isGrpc, translated } from './translate-error';

export interface StartAndWaitOptions extends StartOptions {
  /** How long to wait for an end or a question, ms, up to 60,000. Default 2,000; 0 answers as soon as it is accepted. */
  readonly waitMs?: number;
}

export interface StartedRun {
  readonly run: RunHandle;
  readonly status: RunBrief;
}

interface Starting {
  readonly client: Client;
  readonly prepared: PreparedStart;
  readonly typedSearchAttributes: SearchAttributePair[];
}

const defaultWaitMs = 2_000;
/** For a worker to take the run, on top of the wait. */
const answerTimeoutMs = 15_000;

/** Throws a plain gRPC error for a request that the server refuses as such: the caller tries it without attributes. */
export async function startAndWait(starting: Starting, waitMs: unknown = defaultWaitMs): Promise<Settled> {
  const input: SettledInput = { started: starting.prepared.memo, waitMs: readWait(waitMs) };
  const { client, prepared, typedSearchAttributes } = starting;
  const { pipeline, workflowId, options } = prepared;
  const operation = new WithStartWorkflowOperation(pipeline, { ...options, typedSearchAttributes });
  const ask = (): Promise<Settled> =>
    client.workflow.executeUpdateWithStart<never, Settled, [SettledInput]>(settledUpdateName, {
      args: [input],
      startWorkflowOperation: operation as never,
    });
  // What becomes of the start is told by the update; nobody waits for it by itself.
  operation.workflowHandle().catch(() => undefined);
  try {
    return await client.withDeadline(Date.now() + input.waitMs + answerTimeoutMs, ask);
  } catch (error) {
    if (isGrpc(error, grpcCodes.invalidArgument)) throw error;
    return await translated({ workflowId }, () => Promise.reject(toTell(error, workflowId)));
  }
}

function toTell(error: unknown, workflowId: string): Error {
  if (!(error instanceof Error) || error instanceof WorkflowUpdateFailedError) return error as Error;
  const isSilence =
    isGrpc(error, grpcCodes.deadlineExceeded) || error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError';
  if (!isSilence) return error;
  const told = `no worker has taken ${workflowId} yet; it may be under way all the same, and the same start attaches to it`;
  return new HoldfastError('Service.Unreachable', told, { workflowId }, { cause: error });
}

function readWait(waitMs: unknown): number {
  if (Number.isSafeInteger(waitMs) && Number(waitMs) >= 0 && Number(waitMs) <= longestWaitMs) return Number(waitMs);
  const told = `waitMs: expected a whole number of milliseconds from 0 to ${longestWaitMs}, received ${String(waitMs)}`;
  throw new HoldfastError('Pipeline.InvalidInput', told);
}
