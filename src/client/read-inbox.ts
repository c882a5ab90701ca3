/** Everything that waits for a person, over all open runs of one task queue. */
import type { Client } from '@temporalio/client';
import type { PendingApproval } from '../contracts/approval';
import { statusQueryName, tierWorkflowName } from '../contracts/names';
import { searchAttributes as keys } from '../contracts/search-attributes';
import type { RunStatus } from '../contracts/status';
import { HoldfastError } from '../errors/holdfast-error';
import { quoted } from './list-runs';
import { grpcCodes, isGrpc, translated } from './translate-error';

export interface InboxItem {
  readonly workflowId: string;
  readonly pipeline: string;
  readonly tenant: string;
  readonly approval: PendingApproval;
}

export interface Inbox {
  /** What is due first stands first, then what was asked first. */
  readonly items: readonly InboxItem[];
  /** Open runs that did not answer: what they wait for is not known. */
  readonly silent: readonly string[];
}

export interface InboxOptions {
  /** Only what somebody with this role may decide. Default: everything. */
  readonly role?: string;
}

interface Place {
  readonly client: Client;
  readonly taskQueue: string;
}

const askedAtOnce = 8;
const answerTimeoutMs = 5_000;
/** With so many silent runs and no answer there is no worker. */
const silentUntilGivenUp = askedAtOnce;

/** Throws `Service.Unreachable` when Temporal or every worker is silent. */
export async function readInbox(place: Place, { role }: InboxOptions = {}): Promise<Inbox> {
  const runs = await openRuns(place);
  const items: InboxItem[] = [];
  const silent: string[] = [];
  let answered = 0;
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let run = runs[next++]; run !== undefined; run = runs[next++]) {
      try {
        const status = await statusOf(place.client, run);
        answered += 1;
        if (status !== undefined) items.push(...itemsOf(status, role));
      } catch (error) {
        if (!(error instanceof HoldfastError) || error.type !== 'Service.Unreachable') throw error;
        silent.push(run);
        if (answered === 0 && silent.length >= silentUntilGivenUp) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, lane));
  return { items: items.sort(byUrgency), silent };
}

/** Those that wait for a person, and those that do not show whether they do; of a server without attributes, all. */
function openRuns({ client, taskQueue }: Place): Promise<string[]> {
  const isOpen = `ExecutionStatus = 'Running' AND TaskQueue = ${quoted(taskQueue)}`;
  const isAsking = `${keys.waitingFor.name} = 'person' OR ${keys.pipeline.name} IS NULL`;
  const listed = async (query: string): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { workflowId, type } of client.workflow.list({ query })) {
      if (type !== tierWorkflowName) ids.push(workflowId);
    }
    return ids;
  };
  return translated({ workflowId: 'the open runs' }, () =>
    listed(`${isOpen} AND (${isAsking})`).catch((error: unknown) => {
      if (isGrpc(error, grpcCodes.invalidArgument)) return listed(isOpen);
      throw error;
    }),
  );
}

/** Undefined for a run that has ended by now, or is none of Holdfast's pipelines. */
async function statusOf(client: Client, workflowId: string): Promise<RunStatus | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    return await translated({ workflowId }, () =>
      client.withDeadline(Date.now() + answerTimeoutMs, () => handle.query<RunStatus>(statusQueryName)),
    );
  } catch (error) {
    if (error instanceof HoldfastError && error.type === 'Pipeline.NotFound') return undefined;
    throw error;
  }
}

function itemsOf({ workflowId, pipeline, tenant, approvals }: RunStatus, role: string | undefined): InboxItem[] {
  return approvals
    .filter(({ roles }) => role === undefined || roles === undefined || roles.includes(role))
    .map((approval) => ({ workflowId, pipeline, tenant, approval }));
}

function byUrgency(one: InboxItem, other: InboxItem): number {
  const due = (one.approval.deadlineAt ?? '9').localeCompare(other.approval.deadlineAt ?? '9');
  return due || one.approval.askedAt.localeCompare(other.approval.askedAt);
}
