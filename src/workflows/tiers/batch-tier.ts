/**
 * A question that goes into a batch of the provider's own:
 *
 *   ask ──▶ queued or sent ──▶ told, or after a while of its own accord ──▶ ask again ──▶ the answer
 *                                └─ `within` is over, or cancelled ──▶ leave
 *
 * Being told is no more than a hint: what is asked, and what is answered, stands in the journal's store.
 */
import {
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  scheduleActivity,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { batchQueueIdOf } from '../../contracts/batch';
import type { AskBatchInput, AskBatchOutput, LeaveBatchInput, LeaveBatchOutput } from '../../contracts/batch';
import { activityNames, batchSettledSignalName } from '../../contracts/names';
import { poolPlanOf } from '../../contracts/step';
import type { BatchTierPlan, PoolPlan, TierOutcome } from '../../contracts/step';
import { summaryLine } from '../../contracts/summary-line';
import { rootOf } from '../../errors/root-of';
import { callPlanOf } from '../policy/call-plan';
import { secondsText } from '../policy/remaining';
import { identityOf, remainingOf } from '../primitives/open-call';
import type { ChildTier } from './child-tier';

/** Asks without having been told: ×2 each time, up to the cap. Whatever was lost on the way is found by it. */
const askAgainMs = { first: 60_000, cap: 3_600_000 } as const;

const batchSettled = defineSignal(batchSettledSignalName);

export async function runBatchTier(child: ChildTier): Promise<TierOutcome> {
  const question = questionOf(child);
  let requestDigest: string | undefined;
  try {
    let isTold = false;
    setHandler(batchSettled, () => void (isTold = true));
    let pauseMs: number = askAgainMs.first;
    for (;;) {
      isTold = false;
      const said = await ask(
        child,
        requestDigest === undefined ? question.whole : { ...question.known, requestDigest },
      );
      if (said.kind === 'answered') return outcomeOf(said);
      if (said.kind === 'unknown') {
        requestDigest = undefined;
        continue;
      }
      ({ requestDigest } = said);
      const leftMs = remainingOf(child.run, child.plan);
      if (leftMs <= 0) throw late(child, said.kind);
      const waitingFor =
        said.kind === 'sent' ? `a batch of pool ${question.pool.pool}` : `the next batch of pool ${question.pool.pool}`;
      child.run.report({ state: 'waiting', tier: child.run.tier, waitingFor });
      await condition(() => isTold, Math.min(pauseMs, leftMs), { summary: summaryLine(waitingFor) });
      pauseMs = Math.min(pauseMs * 2, askAgainMs.cap);
    }
  } catch (error) {
    if (requestDigest !== undefined && isOver(error)) await leave(child, question.pool.pool, requestDigest);
    throw error;
  }
}

interface Question {
  readonly pool: PoolPlan;
  /** Without its variables: they stand in history once. */
  readonly known: AskBatchInput;
  readonly whole: AskBatchInput;
}

function questionOf({ run, plan, input }: ChildTier): Question {
  const tier = input.plan.tiers[input.tier] as BatchTierPlan;
  const pool = poolPlanOf(tier);
  if (pool === undefined)
    throw ApplicationFailure.nonRetryable(`${run.step}: tier ${run.tier} asks no pool`, 'Llm.Internal');
  const { requestDigest: _, ...call } = callPlanOf(plan, run.tier, { pool, requestDigest: '' });
  const known: AskBatchInput = {
    id: identityOf(run, { index: 0 }),
    call,
    tenant: run.tenant,
    ...(run.budget && { budget: run.budget }),
    gatherMs: tier.gatherMs,
  };
  return { pool, known, whole: { ...known, variables: run.variables, ...(run.extras && { extras: run.extras }) } };
}

function ask({ run, plan }: ChildTier, input: AskBatchInput): Promise<AskBatchOutput> {
  const what = input.variables === undefined ? 'is there an answer' : 'ask';
  return scheduleActivity<AskBatchOutput>(activityNames.askBatch, [input], {
    summary: summaryLine(`${run.step}, batch of pool ${input.call.pool}: ${what}`),
    startToCloseTimeout: 30_000,
    scheduleToCloseTimeout: Math.max(leastAskMs, remainingOf(run, plan)),
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 60_000 },
  });
}

/** The last look, when the time is over. */
const leastAskMs = 10_000;

function outcomeOf({ output }: Extract<AskBatchOutput, { kind: 'answered' }>): TierOutcome {
  const { value, model, served, failed = [] } = output;
  return { value, model, attempts: [...failed, served] };
}

function late({ run, plan }: ChildTier, state: 'queued' | 'sent'): ApplicationFailure {
  const within = secondsText(plan.timeouts.stepMs);
  const [type, what] =
    state === 'sent'
      ? ['Llm.Timeout', 'the batch was not answered']
      : ['Capacity.Timeout', 'the question did not come into a batch'];
  return ApplicationFailure.nonRetryable(`${run.step}: ${what} within ${within}`, type, { timer: 'within' });
}

/** Nobody will ask again: the run was cancelled, or the tier's time is over. Any other failure is the question's own. */
function isOver(error: unknown): boolean {
  return isCancellation(error) || error instanceof ApplicationFailure || rootOf(error) instanceof TimeoutFailure;
}

async function leave({ run }: ChildTier, pool: string, requestDigest: string): Promise<void> {
  const queue = batchQueueIdOf({ taskQueue: workflowInfo().taskQueue, pool });
  const input: LeaveBatchInput = { queue, pool, id: identityOf(run, { index: 0 }), requestDigest };
  const work = () =>
    scheduleActivity<LeaveBatchOutput>(activityNames.leaveBatch, [input], {
      summary: summaryLine(`${run.step}: leave the batch of pool ${pool}`),
      startToCloseTimeout: 10_000,
      retry: { maximumAttempts: 5 },
    });
  // A store that does not answer must not hold up a cancellation: the answer is then paid for in vain.
  await CancellationScope.nonCancellable(work).catch(() => undefined);
}
