/** The audit trail of a run over its whole chain: every run of it answers for itself, from its history. */
import type { Client } from '@temporalio/client';
import type { AuditEntry, RunAudit } from '../contracts/approval';
import { auditQueryName } from '../contracts/names';
import { HoldfastError } from '../errors/holdfast-error';

export interface AuditTrail extends RunAudit {
  /** In the order of time, each with the run of the chain it happened in. */
  readonly entries: readonly (AuditEntry & { readonly runId: string })[];
  /** False when runs of the chain are gone, because their retention is over. */
  readonly isComplete: boolean;
}

export interface AuditedRun {
  readonly client: Client;
  readonly workflowId: string;
  /** The latest run of the chain. */
  readonly runId: string;
  /** Asks one run, and translates what goes wrong. */
  ask<T>(question: () => Promise<T>): Promise<T>;
}

export async function readAudit({ client, workflowId, runId: latest, ask }: AuditedRun): Promise<AuditTrail> {
  const parts: (RunAudit & { readonly runId: string })[] = [];
  let runId: string | undefined = latest;
  while (runId !== undefined) {
    const asked: string = runId;
    const handle = client.workflow.getHandle(workflowId, asked);
    try {
      parts.unshift({ ...(await ask(() => handle.query<RunAudit>(auditQueryName))), runId: asked });
      runId = await ask(() => predecessorOf({ client, workflowId, runId: asked }));
    } catch (error) {
      const isGone = error instanceof HoldfastError && error.type === 'Pipeline.NotFound' && parts.length > 0;
      if (!isGone) throw error;
      return trailOf(parts, false);
    }
  }
  return trailOf(parts, true);
}

function trailOf(parts: readonly (RunAudit & { readonly runId: string })[], isComplete: boolean): AuditTrail {
  const sum = (read: (part: RunAudit) => number): number => parts.reduce((total, part) => total + read(part), 0);
  return {
    entries: parts.flatMap(({ entries, runId }) => entries.map((entry) => ({ ...entry, runId }))),
    omitted: sum(({ omitted }) => omitted),
    ignoredSignals: sum(({ ignoredSignals }) => ignoredSignals),
    isComplete,
  };
}

/** The run that continued as this one; its first event says it. */
async function predecessorOf({ client, workflowId, runId }: Omit<AuditedRun, 'ask'>): Promise<string | undefined> {
  const { workflowService, options } = client.workflow;
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace: options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  return history?.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
}
