/** The update that comes with a start: it answers when there is something to tell, and keeps nothing waiting. */
import { condition, defineUpdate, setHandler, workflowInfo } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { runMemoKey, settledUpdateName } from '../contracts/names';
import { longestWaitMs } from '../contracts/settled';
import type { Settled, SettledInput } from '../contracts/settled';
import { startConflictOf } from '../contracts/start-conflict';
import type { RunMemo } from '../contracts/status';
import type { RunState } from './primitives/run-state';

const settledUpdate = defineUpdate<Settled, [unknown]>(settledUpdateName);

export function handleSettled(run: RunState): void {
  setHandler(settledUpdate, (value) => settle(run, value as SettledInput), {
    description: 'How the run stands, once it has ended or waits for somebody, or after { waitMs }',
    validator: (value) => {
      const refusal = refusalOf(value);
      if (refusal !== undefined) throw ApplicationFailure.nonRetryable(refusal.message, refusal.type);
    },
  });
}

async function settle(run: RunState, { waitMs }: SettledInput): Promise<Settled> {
  // Also when the run goes on as a new one: that must not wait for who asks here.
  const isSettled = (): boolean => run.isOver || run.approvals.size > 0 || parkedOf(run).length > 0;
  if (waitMs > 0) await condition(isSettled, waitMs, { summary: 'whoever started it waits for a first answer' });
  const { pipeline, workflowId, runId, state, approvals, totals } = run.status();
  return {
    pipeline,
    workflowId,
    runId,
    firstRunId: workflowInfo().firstExecutionRunId,
    state,
    approvals: approvals.map(({ name }) => name),
    parked: parkedOf(run),
    totals,
  };
}

function parkedOf(run: RunState): string[] {
  return run.status().steps.flatMap(({ step, state }) => (state === 'parked' ? [step] : []));
}

interface Refusal {
  readonly type: string;
  readonly message: string;
}

function refusalOf(value: unknown): Refusal | undefined {
  const { started, waitMs } = (value ?? {}) as Partial<SettledInput>;
  const isTime = Number.isSafeInteger(waitMs) && Number(waitMs) >= 0 && Number(waitMs) <= longestWaitMs;
  if (typeof started !== 'object' || !isTime) {
    const message = `settled: expected { started, waitMs }, waitMs from 0 to ${longestWaitMs}`;
    return { type: 'Pipeline.InvalidInput', message };
  }
  // A run that somebody started by other means has no memo of ours, and is attached to as it is.
  const memo = workflowInfo().memo?.[runMemoKey] as RunMemo | undefined;
  const conflict = memo && startConflictOf(workflowInfo().workflowId, started, memo);
  return conflict === undefined ? undefined : { type: 'Pipeline.AlreadyStarted', message: conflict };
}
