/** A start as the server is to get it, checked before anything is sent. */
import { createHash } from 'node:crypto';
import type { WorkflowStartOptions } from '@temporalio/client';
import { pipelineWorkflowIdOf } from '../contracts/ids';
import { canonicalJson } from '../contracts/json';
import type { JsonValue } from '../contracts/json';
import { runMemoKey } from '../contracts/names';
import { findPipeline } from '../contracts/pipelines/catalogue';
import type { PipelineContract } from '../contracts/pipelines/contract';
import { priorities } from '../contracts/settings';
import type { Priority } from '../contracts/settings';
import { sizeLimitsOf, sizeProblemOf } from '../contracts/size-limits';
import type { RunMemo } from '../contracts/status';
import { summaryLine } from '../contracts/summary-line';
import { HoldfastError } from '../errors/holdfast-error';
import { readBudget } from './read-budget';
import type { StartBudget } from './read-budget';

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

export interface PreparedStart {
  readonly pipeline: string;
  readonly workflowId: string;
  readonly tenant: string;
  readonly memo: RunMemo;
  readonly options: WorkflowStartOptions & { readonly workflowIdConflictPolicy: 'USE_EXISTING' };
}

interface Place {
  readonly pipelines: readonly PipelineContract[];
  readonly taskQueue: string;
  readonly hasPayloadStore: boolean;
}

interface Asked {
  readonly pipeline: string;
  readonly input: unknown;
  readonly options: StartOptions;
}

/** Throws `Pipeline.Unknown`, `Pipeline.InvalidInput`. */
export function prepareStart(place: Place, { pipeline, input, options }: Asked): PreparedStart {
  const contract = findPipeline(place.pipelines, pipeline);
  checkName('id', options.id);
  const { tenant = 'default', priority, startedBy } = options;
  checkName('tenant', tenant);
  checkPriority(priority);
  checkStarter(startedBy);
  const budget = readBudget(options.budget);
  const checked = asSent(contract.parseInput(input), place.hasPayloadStore);
  const workflowId = pipelineWorkflowIdOf(pipeline, options.id);
  const memo: RunMemo = {
    tenant,
    ...(priority && { priority }),
    ...(budget && { budget }),
    ...(startedBy !== undefined && { startedBy }),
    inputDigest: digestOf(checked),
  };
  return {
    pipeline,
    workflowId,
    tenant,
    memo,
    options: {
      workflowId,
      taskQueue: place.taskQueue,
      args: [checked],
      memo: { [runMemoKey]: memo },
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: summaryLine(`${pipeline}: ${summaryOf(checked)}`),
      staticDetails: `${contract.description}\n\nTenant: ${tenant}`,
    },
  };
}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._@+=-]{0,199}$/;

export function checkName(field: 'id' | 'tenant', name: unknown): void {
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
export function asSent(input: unknown, hasPayloadStore: boolean): JsonValue | undefined {
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

export function digestOf(input: unknown): string {
  return createHash('sha256').update(canonicalJson(input)).digest('hex').slice(0, 32);
}

/** One line that tells runs apart in the list of the Temporal UI. */
function summaryOf(input: unknown): string {
  const { topic } = (input ?? {}) as { topic?: unknown };
  return typeof topic === 'string' ? topic : canonicalJson(input);
}
