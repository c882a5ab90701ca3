import { CancellationScope, executeChild, isCancellation, workflowInfo } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { tierWorkflowIdOf } from '../../contracts/ids';
import { tierWorkflowName } from '../../contracts/names';
import { overloadIn } from '../../contracts/overload';
import { totalOf } from '../../contracts/step';
import { summaryLine } from '../../contracts/summary-line';
import type { JsonObject, JsonValue } from '../../contracts/json';
import type { StepStatus } from '../../contracts/status';
import type { Attempt, StepPlan, StepResult, TierOutcome, TierWorkflowInput } from '../../contracts/step';
import { poolsText } from '../policy/call-plan';
import { failureOf } from '../policy/failure-of';
import type { StepFailure } from '../policy/failure-of';
import { nextTierOf } from '../policy/next-tier';
import { leastUsefulMs, remainingMsOf } from '../policy/remaining';
import { currentRun } from './run-state';
import type { TierRun } from './open-call';
import { runTier } from './run-tier';

/** A tier that was tried and is spent. */
interface SpentTier extends StepFailure {
  readonly tier: number;
}

/**
 * Runs one LLM step: reserves capacity, calls the model, and walks down the step's tiers when one is spent.
 *
 * @param name - a step of `config/holdfast.yaml`
 * @param variables - the prompt's variables; they stand in history, so keep them small
 * @throws ApplicationFailure with a type of the failure catalogue when every tier that may be tried has failed;
 *   its details name the step, the tiers' failures and the attempts. CancelledFailure when the run is cancelled.
 */
export async function step<T = JsonValue>(name: string, variables: object): Promise<StepResult<T>> {
  const run = currentRun();
  const { occurrence, update } = run.openStep(name);
  const walk: Walk = {
    step: name,
    occurrence,
    runKey: run.runKey,
    variables: variables as JsonObject,
    tenant: run.tenant,
    ...(run.priority && { priority: run.priority }),
    plans: run.plans,
    turn: run.turn,
    startedAtMs: Date.now(),
    report: update,
  };
  const spent: SpentTier[] = [];
  for (let tier = 0; ;) {
    try {
      const outcome = await (tier === 0 ? runTier({ ...walk, tier }) : runTierChild(walk, tier, spent));
      const result = resultOf<T>(walk, spent, { ...outcome, tier });
      update(completedStatus(result));
      return result;
    } catch (error) {
      // Only when we are cancelled ourselves: an operator may also cancel one tier's child, and the step goes on.
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) {
        update({ state: 'failed', failure: 'Cancelled', ...(spent.length === 0 ? {} : costOf(attemptsOf(spent))) });
        throw error;
      }
      const failure = failureOf(error);
      spent.push({ ...failure, tier });
      const next = nextTier(walk, tier, failure);
      if (next === undefined) {
        update({ state: 'failed', failure: failure.type, ...costOf(attemptsOf(spent)) });
        throw stepFailed(name, spent, failure);
      }
      tier = next;
      update({ tier, degraded: true });
    }
  }
}

/** What stays the same on the way down the ladder. */
type Walk = Omit<TierRun, 'tier'>;

function nextTier(walk: Walk, tier: number, failure: StepFailure): number | undefined {
  const plan = walk.plans.get(walk.step);
  if (plan === undefined || remainingOf(walk, plan) < leastUsefulMs) return undefined;
  return nextTierOf(plan, tier, failure.type);
}

/** A later tier is a child workflow of its own, so that the detour is visible and bounded. */
async function runTierChild(walk: Walk, tier: number, spent: readonly SpentTier[]): Promise<TierOutcome> {
  const { step: name, occurrence, runKey, variables, tenant, priority, plans } = walk;
  const plan = plans.get(name);
  if (plan === undefined) throw ApplicationFailure.nonRetryable(`step ${name} has no plan`, 'Llm.Internal');
  const pool = poolsText(plan.tiers[tier]);
  const reason = spent.at(-1)?.type ?? '';
  const remainingMs = remainingOf(walk, plan);
  walk.report({ state: 'calling', tier, endpoint: `pool ${pool}` });
  const input: TierWorkflowInput = {
    plan,
    tier,
    runKey,
    occurrence,
    variables,
    tenant,
    ...(priority && { priority }),
    remainingMs,
    reason,
  };
  return executeChild<(input: TierWorkflowInput) => Promise<TierOutcome>>(tierWorkflowName, {
    workflowId: tierWorkflowIdOf(workflowInfo().workflowId, { step: name, occurrence, tier }),
    args: [input],
    staticSummary: summaryLine(`${name}: tier ${tier + 1} of ${plan.tiers.length}, pool ${pool}, after ${reason}`),
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    // A terminated parent must not leave a child buying answers; cancellation lets it give its capacity back.
    parentClosePolicy: 'REQUEST_CANCEL',
    // A child still running after its parent's reset is replaced; the journal prevents buying again.
    workflowIdReusePolicy: 'TERMINATE_IF_RUNNING',
    // The child keeps the step's time itself; this only bounds a child whose worker is gone.
    workflowExecutionTimeout: remainingMs + 60_000,
  });
}

function remainingOf(walk: Walk, plan: StepPlan): number {
  return remainingMsOf(plan.timeouts.stepMs, walk.startedAtMs, Date.now());
}

function resultOf<T>(walk: Walk, spent: readonly SpentTier[], served: TierOutcome & { tier: number }): StepResult<T> {
  const reason = spent.at(-1)?.type;
  const attempts = [...attemptsOf(spent), ...served.attempts];
  return {
    value: served.value as T,
    servedBy: served.attempts.at(-1)?.endpoint ?? '',
    model: served.model,
    tier: served.tier,
    degraded: served.tier > 0,
    ...(reason === undefined ? {} : { reason }),
    attempts,
    ...totalOf(attempts),
    promptVersion: walk.plans.get(walk.step)?.prompt ?? '',
  };
}

function completedStatus(result: StepResult<unknown>): Partial<StepStatus> {
  return {
    state: 'completed',
    tier: result.tier,
    endpoint: result.servedBy,
    ...costOf(result.attempts),
    ...(result.degraded ? { degraded: true } : {}),
  };
}

/** Also of a step that failed: its answers were paid for. */
function costOf(attempts: readonly Attempt[]): Partial<StepStatus> {
  const { usage, costUsd } = totalOf(attempts);
  const { inputTokens, outputTokens } = usage;
  return { attempts: attempts.length, inputTokens, outputTokens, costUsd };
}

/** What a spent tier tried, and paid for, is part of the step. */
function attemptsOf(spent: readonly SpentTier[]): Attempt[] {
  return spent.flatMap(({ details }) => (details['attempts'] as readonly Attempt[] | undefined) ?? []);
}

function stepFailed(name: string, spent: readonly SpentTier[], last: StepFailure): ApplicationFailure {
  const told = spent.length === 1 ? '' : ` after ${spent.length} tiers`;
  const attempts = attemptsOf(spent);
  const tiers = spent.map(({ tier, type, message }) => ({ tier, type, message }));
  return ApplicationFailure.create({
    type: last.type,
    message: `step ${name} failed${told}: ${last.message}`,
    nonRetryable: true,
    details: [{ step: name, ...overloadIn(last.details), tiers, attempts, ...totalOf(attempts) }],
  });
}
