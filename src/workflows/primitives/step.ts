import { executeChild, isCancellation, workflowInfo } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { tierWorkflowIdOf } from '../../contracts/ids';
import { tierWorkflowName } from '../../contracts/names';
import { addUsage, noUsage } from '../../contracts/usage';
import type { JsonObject, JsonValue } from '../../contracts/json';
import type { StepStatus } from '../../contracts/status';
import type { Attempt, StepPlan, StepResult, TierOutcome, TierWorkflowInput } from '../../contracts/step';
import type { Usage } from '../../contracts/usage';
import { failureOf } from '../policy/failure-of';
import type { StepFailure } from '../policy/failure-of';
import { nextTierOf } from '../policy/next-tier';
import { leastUsefulMs, remainingMsOf } from '../policy/remaining';
import { currentRun } from './run-state';
import { runTier } from './run-tier';

interface Spent {
  readonly usage: Usage;
  readonly costUsd: number;
  readonly attempts: readonly Attempt[];
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
  const startedAtMs = Date.now();
  const common = { runKey: run.runKey, step: name, occurrence, variables: variables as JsonObject, tenant: run.tenant };
  let plan: StepPlan | undefined;
  let tier = 0;
  let spent: Spent = { usage: noUsage, costUsd: 0, attempts: [] };
  let reason: string | undefined;
  const failures: { tier: number; type: string; message: string }[] = [];
  for (;;) {
    try {
      const outcome =
        plan === undefined || tier === 0
          ? await runTier({
              ...common,
              tier,
              startedAtMs,
              turn: run.turn,
              report: update,
              onPlan: (opened) => (plan = opened),
            })
          : await runTierChild({ ...common, plan, tier, startedAtMs, reason: reason ?? '', report: update });
      const result = resultOf<T>({ outcome, spent, tier, reason, prompt: plan?.prompt ?? '' });
      update(completedStatus(result));
      return result;
    } catch (error) {
      if (isCancellation(error)) {
        update({ state: 'failed', failure: 'Cancelled' });
        throw error;
      }
      const failure = failureOf(error);
      spent = addFailure(spent, failure);
      failures.push({ tier, type: failure.type, message: failure.message });
      const next = plan === undefined ? undefined : nextTierOf(plan, tier, failure.type);
      const hasTime =
        plan !== undefined && remainingMsOf(plan.timeouts.stepMs, startedAtMs, Date.now()) >= leastUsefulMs;
      if (next === undefined || !hasTime) {
        update({ state: 'failed', failure: failure.type, attempts: spent.attempts.length });
        throw stepFailed(name, failure, { failures, spent });
      }
      tier = next;
      reason = failure.type;
      update({ tier, degraded: true });
    }
  }
}

interface TierChildRun extends Omit<TierWorkflowInput, 'remainingMs'> {
  readonly step: string;
  readonly startedAtMs: number;
  readonly report: (patch: Partial<StepStatus>) => void;
}

/** A later tier is a child workflow of its own, so that the detour is visible and bounded. */
async function runTierChild(child: TierChildRun): Promise<TierOutcome> {
  const { step: name, startedAtMs, report, ...input } = child;
  const pool = input.plan.tiers[input.tier]?.pool ?? '';
  report({ state: 'calling', tier: input.tier, endpoint: `pool ${pool}` });
  const remainingMs = remainingMsOf(input.plan.timeouts.stepMs, startedAtMs, Date.now());
  const argument: TierWorkflowInput = { ...input, remainingMs };
  return executeChild<(input: TierWorkflowInput) => Promise<TierOutcome>>(tierWorkflowName, {
    workflowId: tierWorkflowIdOf(workflowInfo().workflowId, name, input.occurrence, input.tier),
    args: [argument],
    staticSummary: `${name}: tier ${input.tier + 1} of ${input.plan.tiers.length}, pool ${pool}, after ${input.reason}`,
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    // A terminated parent must not leave a child buying answers; cancellation lets it give its capacity back.
    parentClosePolicy: 'REQUEST_CANCEL',
    // A child still running after its parent's reset is replaced; the journal prevents buying again.
    workflowIdReusePolicy: 'TERMINATE_IF_RUNNING',
    // The child keeps the step's time itself; this only bounds a child whose worker is gone.
    workflowExecutionTimeout: remainingMs + 60_000,
  });
}

function resultOf<T>(served: {
  outcome: TierOutcome;
  spent: Spent;
  tier: number;
  reason: string | undefined;
  prompt: string;
}): StepResult<T> {
  const { outcome, spent, tier, reason, prompt } = served;
  return {
    value: outcome.call.value as T,
    servedBy: outcome.call.endpoint,
    model: outcome.call.model,
    tier,
    degraded: tier > 0,
    ...(reason === undefined ? {} : { reason }),
    attempts: [...spent.attempts, ...outcome.call.attempts],
    usage: addUsage(spent.usage, outcome.usage),
    costUsd: spent.costUsd + outcome.costUsd,
    promptVersion: prompt,
  };
}

function completedStatus(result: StepResult<unknown>): Partial<StepStatus> {
  return {
    state: 'completed',
    tier: result.tier,
    endpoint: result.servedBy,
    attempts: result.attempts.length,
    inputTokens: result.usage.inputTokens,
    outputTokens: result.usage.outputTokens,
    costUsd: result.costUsd,
    ...(result.degraded ? { degraded: true } : {}),
  };
}

/** What a spent tier cost is part of what the step cost. */
function addFailure(spent: Spent, failure: StepFailure): Spent {
  const { usage, costUsd, attempts } = failure.details as {
    usage?: Usage;
    costUsd?: number;
    attempts?: readonly Attempt[];
  };
  return {
    usage: usage === undefined ? spent.usage : addUsage(spent.usage, usage),
    costUsd: spent.costUsd + (costUsd ?? 0),
    attempts: [...spent.attempts, ...(attempts ?? [])],
  };
}

function stepFailed(
  name: string,
  last: StepFailure,
  facts: { failures: readonly { tier: number; type: string; message: string }[]; spent: Spent },
): ApplicationFailure {
  const count = facts.failures.length;
  const told = count === 1 ? '' : ` after ${count} tiers`;
  return ApplicationFailure.create({
    type: last.type,
    message: `step ${name} failed${told}: ${last.message}`,
    nonRetryable: true,
    details: [
      {
        step: name,
        tiers: facts.failures,
        attempts: facts.spent.attempts,
        usage: facts.spent.usage,
        costUsd: facts.spent.costUsd,
      },
    ],
  });
}
