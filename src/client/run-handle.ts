import type { Client, WorkflowHandle } from '@temporalio/client';
import type { DecisionInput, PendingApproval } from '../contracts/approval';
import type { JsonValue } from '../contracts/json';
import type { Operation } from '../contracts/operation';
import { runKeyOf } from '../contracts/ids';
import { operateUpdateName, decideUpdateName, runMemoKey, statusQueryName } from '../contracts/names';
import type { RunMemo, RunStatus } from '../contracts/status';
import type { StreamSource } from '../journal/stream-source';
import { HoldfastError } from '../errors/holdfast-error';
import { approvalKeysVariable } from '../security/approval-token';
import type { ApprovalTokens } from '../security/approval-token';
import { completeDecision } from './complete-decision';
import type { GivenDecision } from './complete-decision';
import { readAudit } from './read-audit';
import type { AuditTrail } from './read-audit';
import { streamStep } from './stream-step';
import type { StreamChunk, StreamOptions } from './stream-step';
import { answerOrStandstill } from './standstill';
import { translated } from './translate-error';

/** How long a question may wait for a worker's answer. */
const answerTimeoutMs = 15_000;

/**
 * A worker that takes over the run of one that died may judge an update before it has come to the question again, and
 * refuse it as not waiting. Whoever looks at the run sees it wait.
 */
const mostRepetitions = 3;

/** Which run of a workflow id a handle means; a run that continues as new is the same one. */
export interface RunPlace {
  readonly runId: string;
  /** The run the chain began with. */
  readonly firstRunId: string;
}

interface Parts {
  readonly client: Client;
  readonly workflowId: string;
  readonly place?: RunPlace;
  /** Where the text of steps is read; absent in a client without Redis. */
  readonly streams?: StreamSource;
  /** Signs decisions, where the workers ask for tokens; absent in a client without keys. */
  readonly tokens?: ApprovalTokens;
}

/** Who a token is made for. */
export interface TokenHolder {
  readonly by: string;
  readonly roles?: readonly string[];
  /** How long it is worth something, ms. */
  readonly validMs: number;
}

/** One run of a pipeline, open or closed. */
export class RunHandle {
  readonly workflowId: string;
  private readonly handle: WorkflowHandle;

  /** Without a `place` it means whatever run of this id is the latest. */
  constructor(private readonly parts: Parts) {
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
   * Decides a pending approval and returns when the decision has been counted. Without a `digest` it is about what waits
   * at this moment; whoever has shown the content to a person passes the `digest` that stood beside it. The same decision
   * on the same digest counts once, however often it is sent. With keys (`HOLDFAST_APPROVAL_KEYS`) it is signed. What a
   * human tier of the run asks is decided here as well, or at the workflow that asks it.
   *
   * Throws `Approval.NotWaiting`, `Approval.Malformed`, `Approval.Stale`, `Approval.Forbidden`, or `Pipeline.NotFound`
   * when the run is closed or unknown.
   */
  async decide(approval: string, decision: GivenDecision): Promise<void> {
    const { tokens } = this.parts;
    let waiting = decision.digest === undefined ? await this.pendingOf(approval) : undefined;
    const digest = decision.digest ?? waiting?.digest;
    for (let repetition = 0; ; repetition++) {
      const workflowId = waiting?.workflowId ?? this.workflowId;
      const input = completeDecision({ workflowId, approval, decision, digest, ...(tokens && { tokens }) });
      try {
        return await this.send(workflowId, input);
      } catch (error) {
        const isInDoubt = error instanceof HoldfastError && error.type === 'Approval.NotWaiting';
        if (!isInDoubt || repetition === mostRepetitions) throw error;
        waiting = await this.pendingOf(approval);
        if (digest === undefined || waiting?.digest !== digest) throw error;
      }
    }
  }

  /**
   * A token by which one person may decide what waits now, e.g. for a link that is sent to them. Throws `Config.Invalid`
   * for a client without keys, `Approval.NotWaiting`.
   */
  async approvalToken(approval: string, holder: TokenHolder): Promise<string> {
    const { tokens } = this.parts;
    if (tokens === undefined) {
      throw new HoldfastError('Config.Invalid', `${approvalKeysVariable}: not set here, so no token can be signed`);
    }
    const waiting = await this.pendingOf(approval);
    if (waiting === undefined) {
      const told = `approval "${approval}" of ${this.workflowId} is not waiting, so there is nothing to sign`;
      throw new HoldfastError('Approval.NotWaiting', told, { workflowId: this.workflowId });
    }
    const { digest, workflowId = this.workflowId } = waiting;
    const { by, roles = [], validMs } = holder;
    return tokens.sign({ workflowId, approval, digest, by, roles, expiresAtMs: Date.now() + validMs });
  }

  /**
   * Says how a parked step goes on: `resume`, `skip`, or `answer` with a `value` of the step.
   *
   * Throws `Operation.Refused` when no such step is parked, `Llm.OutputInvalid` for an answer that is none of the step.
   */
  async operate(operation: Operation): Promise<void> {
    await this.asked(() => this.handle.executeUpdate<string, [Operation]>(operateUpdateName, { args: [operation] }));
  }

  /** Who decided what, when, about which content, and what was refused why. Asks a worker; works on closed runs too. */
  async audit(): Promise<AuditTrail> {
    const { client, workflowId } = this.parts;
    const { runId } = await this.describe();
    return readAudit({ client, workflowId, runId, ask: (question) => this.asked(question) });
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

  /**
   * The text of a step while it is written; the step's settings say `stream: true`. Begins with a `reset`, and again with
   * one whenever another attempt takes over; ends after `end`. Waits for a step that is yet to be opened. Leaving the loop,
   * or `signal`, closes what was opened for it.
   *
   * While it is read it throws `Pipeline.NotFound` when there is no such run, when the run ends without having opened the
   * step, when the step is not streamed, or when its text is no longer kept (an hour after it was written);
   * `Pipeline.Failed` with `details.failure` when the step has failed; `Service.Unreachable` when Redis stays away,
   * `Journal.Unreadable` when the text is encrypted and no key opens it. Throws at once `Config.Invalid` for a client that
   * knows no Redis, `Pipeline.InvalidInput` for a `from` that is no offset.
   */
  stream(step: string, options: StreamOptions = {}): AsyncIterableIterator<StreamChunk> {
    const run = {
      workflowId: this.workflowId,
      runKey: () => this.runKey(),
      status: () => this.status(),
      describe: () => this.describe(),
      isOpen: (workflowId: string) => this.isOpen(workflowId),
      result: () => this.result(),
    };
    return streamStep(run, this.parts.streams, { ...options, step });
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

  /** What the steps of the run are kept under, over all runs of its chain. */
  private async runKey(): Promise<string> {
    const { workflowId, place } = this.parts;
    if (place !== undefined) return runKeyOf(workflowId, place.firstRunId);
    const { runId, raw } = await translated({ workflowId }, () => this.handle.describe());
    return runKeyOf(workflowId, raw.workflowExecutionInfo?.firstRunId || runId);
  }

  /** `workflowId`: where the question is asked. */
  private async send(workflowId: string, decision: DecisionInput): Promise<void> {
    const handle = workflowId === this.workflowId ? this.handle : this.parts.client.workflow.getHandle(workflowId);
    await this.asked(() => handle.executeUpdate<string, [DecisionInput]>(decideUpdateName, { args: [decision] }));
  }

  private async pendingOf(approval: string): Promise<PendingApproval | undefined> {
    const { workflowId } = this;
    try {
      return (await this.status()).approvals.find(({ name }) => name === approval);
    } catch (error) {
      // One that has ended may not be able to say what it waited for; that it has ended is the answer.
      if ((await this.describe()).state === 'RUNNING') throw error;
      const told = `there is no open run ${workflowId}; it has ended, or the id is wrong`;
      throw new HoldfastError('Pipeline.NotFound', told, { workflowId }, { cause: error });
    }
  }

  private async isOpen(workflowId: string): Promise<boolean> {
    const describe = () => this.parts.client.workflow.getHandle(workflowId).describe();
    return (await translated({ workflowId }, describe)).status.name === 'RUNNING';
  }

  private asked<T>(ask: () => Promise<T>): Promise<T> {
    const { client, workflowId } = this.parts;
    return translated({ workflowId }, () =>
      answerOrStandstill({ client, workflowId }, () => client.withDeadline(Date.now() + answerTimeoutMs, ask)),
    );
  }
}
