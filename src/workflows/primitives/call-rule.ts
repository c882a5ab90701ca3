/** A tier that needs no model: an activity of the worker's own works the answer out of the step's variables. */
import { isCancellation, scheduleActivity, scheduleLocalActivity } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { callKeyOf } from '../../contracts/ids';
import { activityNames } from '../../contracts/names';
import { summaryLine } from '../../contracts/summary-line';
import { noUsage } from '../../contracts/usage';
import type { JsonValue } from '../../contracts/json';
import type { Attempt, CheckAnswerInput, RuleTierPlan, StepPlan, TierOutcome, ToolContext } from '../../contracts/step';
import { failureOf } from '../policy/failure-of';
import { leastUsefulMs } from '../policy/remaining';
import { identityOf, remainingOf } from './open-call';
import type { TierRun } from './open-call';

const ruleAttempts = 3;

/** Throws what the activity throws after its retries, and `Llm.OutputInvalid` for an answer that is none of the step. */
export async function callRule(run: TierRun, plan: StepPlan, { rule, timeoutMs }: RuleTierPlan): Promise<TierOutcome> {
  run.report({ state: 'calling', tier: run.tier, endpoint: `rule ${rule}` });
  const idempotencyKey = `${callKeyOf(identityOf(run, { index: 0 }))}/rule`;
  const context: ToolContext = { idempotencyKey, tenant: run.tenant };
  const remainingMs = Math.max(leastUsefulMs, remainingOf(run, plan));
  const value = await scheduleActivity<JsonValue>(rule, [run.variables, context], {
    summary: summaryLine(`${run.step}: rule ${rule}`),
    scheduleToCloseTimeout: remainingMs,
    startToCloseTimeout: Math.min(timeoutMs, remainingMs),
    retry: { maximumAttempts: ruleAttempts },
    cancellationType: 'TRY_CANCEL',
  }).catch((error: unknown) => {
    throw isCancellation(error) ? error : ruleFailed(run, rule, error);
  });
  await checkAnswer(run, plan, value);
  return { value, model: 'rule', attempts: [freeAttempt(run.tier, `rule ${rule}`, 'succeeded')] };
}

/** Whatever a rule throws says nothing about the other tiers. */
function ruleFailed(run: TierRun, rule: string, error: unknown): ApplicationFailure {
  const { message } = failureOf(error);
  return ApplicationFailure.nonRetryable(`${run.step}: rule ${rule}: ${message}`, 'Rule.Failed');
}

/** One local activity: schemas are not for the sandbox. */
export async function checkAnswer(
  { step, turn }: Pick<TierRun, 'step' | 'turn'>,
  { output }: Pick<StepPlan, 'output'>,
  value: JsonValue,
): Promise<void> {
  const input: CheckAnswerInput = { step, ...(output === undefined ? {} : { output }), value };
  await turn.take(() =>
    scheduleLocalActivity<undefined>(activityNames.checkAnswer, [input], {
      startToCloseTimeout: 5_000,
      retry: { maximumAttempts: 3 },
      summary: summaryLine(`check the answer of ${step}`),
    }),
  );
}

/** What cost nothing. */
export function freeAttempt(tier: number, endpoint: string, outcome: string): Attempt {
  return { tier, attempt: 1, hop: 0, endpoint, outcome, usage: noUsage, costUsd: 0 };
}
