/** A run that asks, and ways to send it what a reviewer's program would never send. */
import { eventually } from '../../support/harness';
import type { Harness } from '../../support/harness';
import type { RunHandle } from '../../../src/client';
import type { AuditEntry, PendingApproval } from '../../../src/contracts/approval';

let runs = 0;

export interface Asked {
  readonly run: RunHandle;
  readonly pending: PendingApproval;
}

export async function askIn(
  harness: Harness,
  options: object = {},
  { pipeline = 'askWith', startedBy }: { pipeline?: string; startedBy?: string } = {},
): Promise<Asked> {
  const id = `${pipeline}-${harness.taskQueue}-${runs++}`;
  const run = await harness.client.start(pipeline, options, { id, ...(startedBy !== undefined && { startedBy }) });
  return { run, pending: await pendingOf(run) };
}

/** What waits, once something of `occurrence` does. */
export function pendingOf(run: RunHandle, occurrence = 0): Promise<PendingApproval> {
  return eventually('the question', async () =>
    (await run.status()).approvals.find((approval) => approval.occurrence === occurrence),
  );
}

export async function signal(harness: Harness, run: RunHandle, decision: unknown): Promise<void> {
  await harness.temporal.workflow.getHandle(run.workflowId).signal('decision', decision);
}

/** Entries of one kind, without when and where. */
export async function audited(run: RunHandle, event: AuditEntry['event']): Promise<AuditEntry[]> {
  return (await run.audit()).entries.filter((entry) => entry.event === event);
}
