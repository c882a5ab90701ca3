import type { Client, WorkflowHandle } from '@temporalio/client';
import type { DecisionInput } from '../contracts/approval';
import type { JsonValue } from '../contracts/json';
import { decideUpdateName, runMemoKey, statusQueryName } from '../contracts/names';
import type { RunMemo, RunStatus } from '../contracts/status';
import { translated } from './translate-error';

/** How long a question may wait for a worker's answer. */
const answerTimeoutMs = 15_000;

/** Which run of a workflow id a handle means; a run that continues as new is the same one. */
export interface RunPlace {
  readonly runId: string;
  /** The run the chain began with. */
  readonly firstRunId: string;
}

/** One run of a pipeline, open or closed. */
export class RunHandle {
  readonly workflowId: string;
  private readonly handle: WorkflowHandle;

  /** Without a `place` it means whatever run of this id is the latest. */
  constructor(private readonly parts: { client: Client; workflowId: string; place?: RunPlace }) {
    const { client, workflowId, place } = parts;
    this.workflowId = workflowId;
    // A decision or a cancellation meant for this run must not meet a later one of the same id.
    const chain = place && { firstExecutionRunId: place.firstRunId };
    this.handle = client.workflow.getHandle(workflowId, undefined, chain);
  }

  /** Steps, tiers, tokens, cost, waits and pending approvals. Works on closed runs too, while a worker is there. */
  status(): Promise<RunStatus> {
    return this.asked(() => this.handle.query<RunStatus>(statusQueryName));
  }

  /**
   * Decides a pending approval and returns when the decision has been taken.
   * Throws `Approval.NotWaiting`, `Approval.Malformed`, or `Pipeline.NotFound` when the run is closed or unknown.
   */
  async decide(approval: string, decision: Omit<DecisionInput, 'approval'>): Promise<void> {
    const input: DecisionInput = { approval, ...decision };
    await this.asked(() => this.handle.executeUpdate<string, [DecisionInput]>(decideUpdateName, { args: [input] }));
  }

  /**
   * Waits for the end. Throws `Pipeline.Failed` when the run failed: `details.failure` names the catalogue type; with
   * `Capacity.Overloaded`, `details` also has `pool`, `expectedMs` and `waiting`.
   */
  result<T = JsonValue>(): Promise<T> {
    const { client, workflowId, place } = this.parts;
    // Bound to the run that was started (and what it continues as): a later run of the same id has another result.
    return translated({ workflowId }, () => client.workflow.getHandle(workflowId, place?.runId).result() as Promise<T>);
  }

  /** Asks the run to end; capacity is given back and calls in flight are aborted. */
  async cancel(): Promise<void> {
    await translated({ workflowId: this.workflowId }, () => this.handle.cancel());
  }

  /** Temporal's own description: state, times, run id. Needs no worker. */
  describe(): Promise<{ runId: string; state: string; pipeline: string; startedAt: Date; closedAt?: Date }> {
    return translated({ workflowId: this.workflowId }, async () => {
      const { runId, status, type, startTime, closeTime } = await this.handle.describe();
      return {
        runId,
        state: status.name,
        pipeline: type,
        startedAt: startTime,
        ...(closeTime === undefined ? {} : { closedAt: closeTime }),
      };
    });
  }

  /** Ids of the child workflows the run has started so far, fallback tiers above all: read from its history. */
  children(): Promise<readonly string[]> {
    return translated({ workflowId: this.workflowId }, async () => {
      const { events } = await this.handle.fetchHistory();
      return (events ?? []).flatMap((event) => {
        const id = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution?.workflowId;
        return id ? [id] : [];
      });
    });
  }

  /** What the start wrote; undefined for a run that was started by other means. */
  memo(): Promise<RunMemo | undefined> {
    return translated(
      { workflowId: this.workflowId },
      async () => (await this.handle.describe()).memo?.[runMemoKey] as RunMemo | undefined,
    );
  }

  private asked<T>(ask: () => Promise<T>): Promise<T> {
    return translated({ workflowId: this.workflowId }, () =>
      this.parts.client.withDeadline(Date.now() + answerTimeoutMs, ask),
    );
  }
}
