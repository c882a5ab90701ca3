import {
  CancellationScope,
  executeChild,
  isCancellation,
  scheduleLocalActivity,
  workflowInfo,
} from '@temporalio/workflow';
import { tierWorkflowIdOf } from '../../contracts/ids';
import { activityNames, tierWorkflowName } from '../../contracts/names';
import { isModelTierPlan } from '../../contracts/step';
import { summaryLine } from '../../contracts/summary-line';
import type { JsonObject, JsonValue } from '../../contracts/json';
import type { Attachment } from '../../contracts/model';
import type { FailStreamInput, StepPlan, StepResult, TierOutcome, TierWorkflowInput } from '../../contracts/step';
import { poolsText } from '../policy/call-plan';
import { failureOf } from '../policy/failure-of';
import type { StepFailure } from '../policy/failure-of';
import { firstInTime, firstModelTierOf, nextTierOf } from '../policy/next-tier';
import { leastUsefulMs } from '../policy/remaining';
import { remainingOf } from './open-call';
import { waitForOperator } from './parked';
import { currentRun } from './run-state';
import type { RunState } from './run-state';
import { runTier } from './run-tier';
import { attemptsOf, completedStatus, costOf, insteadOf, resultOf, stepFailed } from './step-result';
import type { SpentTier, Walk } from './step-result';

export interface StepOptions {
  /** Images and PDFs the model is shown, after the text of its last message. */
  readonly attachments?: readonly Attachment[];
}

/**
 * Runs one LLM step: reserves capacity, calls the model, and walks down the step's tiers when one is spent.
 *
 * @param name - a step of `config/holdfast.yaml`
 * @param variables - the prompt's variables; they stand in history, large ones by reference
 * @throws ApplicationFailure with a type of the failure catalogue when every tier that may be tried has failed;
 *   its details name the step, the tiers' failures and the attempts. CancelledFailure when the run is cancelled.
 */
export async function step<T = JsonValue>(
  name: string,
  variables: object,
  options: StepOptions = {},
): Promise<StepResult<T>> {
  const run = currentRun();
  for (;;) {
    const walk = openWalk(run, { name, variables, options });
    const ended = await walkDown<T>(walk);
    if (!('spent' in ended)) return ended;
    const result = await endOf<T>(run, walk, ended.spent);
    if (result !== 'again') return result;
  }
}

interface Asked {
  readonly name: string;
  readonly variables: object;
  readonly options: StepOptions;
}

function openWalk(run: RunState, { name, variables, options: { attachments } }: Asked): Walk {
  const { occurrence, update } = run.openStep(name);
  return {
    step: name,
    occurrence,
    runKey: run.runKey,
    variables: variables as JsonObject,
    ...(attachments && attachments.length > 0 && { extras: { attachments } }),
    tenant: run.tenant,
    ...(run.priority && { priority: run.priority }),
    ...(run.spendLimits && { budget: run.spendLimits }),
    ...(run.endsAtMs !== undefined && { endsAtMs: run.endsAtMs }),
    plans: run.plans,
    turn: run.turn,
    startedAtMs: Date.now(),
    report: update,
  };
}

/** Tier by tier, until one has answered or none is left. */
async function walkDown<T>(walk: Walk): Promise<StepResult<T> | { readonly spent: readonly SpentTier[] }> {
  const update = walk.report;
  const spent: SpentTier[] = [];
  // Which tiers there are says the first opening.
  let next: number | undefined = walk.plans.has(walk.step) ? inTime(walk, 0) : 0;
  while (next !== undefined) {
    const tier = next;
    try {
      const outcome = await runOneTier(walk, tier, spent);
      if (outcome !== undefined) {
        const result = resultOf<T>(walk, spent, { ...outcome, tier });
        update(completedStatus(result));
        return result;
      }
      // A cached tier that holds nothing is no failure: the step goes on as if it were not there.
      next = inTime(walk, tier + 1);
    } catch (error) {
      // Only when we are cancelled ourselves: an operator may also cancel one tier's child, and the step goes on.
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) {
        update({ state: 'failed', failure: 'Cancelled', ...(spent.length === 0 ? {} : costOf(attemptsOf(spent))) });
        throw error;
      }
      const failure = failureOf(error);
      spent.push({ ...failure, tier });
      next = nextTier(walk, tier, failure);
      if (next !== undefined) update({ tier: next, degraded: true });
    }
  }
  return { spent };
}

/** What a step does when every tier has failed: as its plan says. `again`: an operator wants it tried once more. */
async function endOf<T>(run: RunState, walk: Walk, spent: readonly SpentTier[]): Promise<StepResult<T> | 'again'> {
  const last = spent.at(-1) ?? outOfTime(walk);
  const plan = walk.plans.get(walk.step);
  const move = plan?.onExhausted ?? 'fail';
  const cost = costOf(attemptsOf(spent));
  if (plan === undefined || move === 'fail') {
    walk.report({ state: 'failed', failure: last.type, ...cost });
    await failStream(walk, last);
    throw stepFailed(walk.step, spent, last);
  }
  if (move !== 'park') {
    await failStream(walk, last);
    const instead = move === 'skip' ? { servedBy: 'skipped' } : { servedBy: 'default', value: move.default };
    return insteadOf<T>(walk, spent, instead);
  }
  walk.report({ state: 'parked', failure: last.type, waitingFor: `an operator: ${last.message}`, ...cost });
  const { kind, by, value } = await waitForOperator(run, walk, plan);
  if (kind !== 'resume') await failStream(walk, last);
  if (kind === 'skip') return insteadOf<T>(walk, spent, { servedBy: `skipped by ${by}` });
  if (kind === 'answer') return insteadOf<T>(walk, spent, { servedBy: by, value: value ?? null });
  walk.report({ state: 'failed', failure: last.type, ...cost });
  return 'again';
}

/** Undefined: a cached tier without an answer. */
function runOneTier(walk: Walk, tier: number, spent: readonly SpentTier[]): Promise<TierOutcome | undefined> {
  const plan = walk.plans.get(walk.step);
  const isInline =
    plan === undefined || tier === 0 || tier === firstModelTierOf(plan) || !isModelTierPlan(plan.tiers[tier]);
  return isInline ? runTier({ ...walk, tier }) : runTierChild({ walk, plan, tier, spent });
}

function nextTier(walk: Walk, tier: number, failure: StepFailure): number | undefined {
  const plan = walk.plans.get(walk.step);
  const next = plan && nextTierOf(plan, tier, failure.type);
  return next === undefined ? undefined : inTime(walk, next);
}

/** A tier that cannot finish in the time left is passed over. */
function inTime(walk: Walk, from: number): number | undefined {
  const plan = walk.plans.get(walk.step);
  return plan && firstInTime(plan, from, remainingOf(walk, plan));
}

interface TierChild {
  readonly walk: Walk;
  readonly plan: StepPlan;
  readonly tier: number;
  readonly spent: readonly SpentTier[];
}

/** A later tier is a child workflow of its own, so that the detour is visible and bounded. */
async function runTierChild({ walk, plan, tier, spent }: TierChild): Promise<TierOutcome> {
  const { step: name, occurrence, runKey, variables, tenant, priority, extras, budget } = walk;
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
    ...(extras && { extras }),
    ...(budget && { budget }),
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

/** Nothing was tried: the only tiers that could be were too long for what was left of the run's time. */
function outOfTime(walk: Walk): StepFailure {
  if (walk.endsAtMs !== undefined && walk.endsAtMs - Date.now() < leastUsefulMs) {
    const told = `${walk.step}: the time its run was given is used up; start it with a larger budget.time`;
    return { type: 'Budget.Exceeded', message: told, details: { budget: 'run', unit: 'time' } };
  }
  const message = `${walk.step}: no tier can finish in the time that is left`;
  return { type: 'Capacity.Timeout', message, details: {} };
}

/** Whoever follows the text of the step is told that there will be none. */
async function failStream({ plans, step: name, runKey, occurrence, turn }: Walk, { type }: StepFailure): Promise<void> {
  if (plans.get(name)?.stream !== true) return;
  const input: FailStreamInput = { runKey, step: name, occurrence, failure: type };
  const tell = () =>
    scheduleLocalActivity<undefined>(activityNames.failStream, [input], {
      startToCloseTimeout: 2_000,
      retry: { maximumAttempts: 1 },
      summary: summaryLine(`end the stream of ${name}`),
    });
  // A reader that is not told asks for itself; the failure must not wait for it.
  await turn.take(tell).catch(() => undefined);
}
