/**
 * One tier of one step, in the pipeline itself (tier 0) or in a child workflow (every later one):
 *
 *   open (open-call.ts)
 *    │
 *    ▼
 *   call ──Llm.OutputInvalid, once──▶ open and call the repair
 *    │
 *    ▼ outcome, or the failure that spent the tier
 *
 * Retries inside `call` are Temporal's, by its RetryPolicy; hops to other endpoints happen inside one attempt.
 */
import { isCancellation, scheduleActivity } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { RetryPolicy } from '@temporalio/common';
import { activityNames } from '../../contracts/names';
import { summaryLine } from '../../contracts/summary-line';
import type { Attempt, CallModelInput, CallModelOutput, PoolPlan, StepPlan, TierOutcome } from '../../contracts/step';
import { callPlanOf } from '../policy/call-plan';
import { failureOf } from '../policy/failure-of';
import type { StepFailure } from '../policy/failure-of';
import { leastUsefulMs } from '../policy/remaining';
import { giveBackCall } from './give-back';
import { identityOf, openCall, remainingOf } from './open-call';
import type { CallRequest, OpenedCall, TierRun } from './open-call';

const heartbeatTimeoutMs = 10_000;

export async function runTier(run: TierRun): Promise<TierOutcome> {
  const answer: CallRequest = { index: 0 };
  const opened = await openCall(run, answer);
  try {
    return outcomeOf(await callOnce(run, answer, opened), []);
  } catch (error) {
    const failure = failureOf(error);
    if (isCancellation(error) || failure.type !== 'Llm.OutputInvalid') throw error;
    return repair(run, failure, opened);
  }
}

/** What `Llm.OutputInvalid` carries. */
interface InvalidAnswer {
  readonly issues?: string;
  readonly journalKey?: string;
  readonly attempts?: readonly Attempt[];
}

/** One more call with the validator's message. The invalid answer was paid for, so it stays among the attempts. */
async function repair(run: TierRun, failure: StepFailure, { plan, pool }: OpenedCall): Promise<TierOutcome> {
  const invalid = failure.details as InvalidAnswer;
  const issues = invalid.issues ?? 'the answer does not match the schema';
  const request: CallRequest = {
    index: 1,
    repair: { issues, invalidAnswerKey: invalid.journalKey ?? '' },
    // The model that is asked to mend the answer is the one that gave it.
    ...(plan.tiers[run.tier]?.choice && { chosen: pool }),
  };
  const before = invalid.attempts ?? [];
  try {
    const opened = await openCall(run, request);
    return outcomeOf(await callOnce(run, request, opened), before);
  } catch (error) {
    throw isCancellation(error) ? error : unrepaired(failure, failureOf(error));
  }
}

/** A repair that does not fit the context window says nothing about the request: what is wrong is still the answer. */
function unrepaired(answer: StepFailure, repaired: StepFailure): ApplicationFailure {
  const attempts = [answer, repaired].flatMap(({ details }) => (details as InvalidAnswer).attempts ?? []);
  const { type, message, details } = repaired.type === 'Llm.ContextTooLong' ? answer : repaired;
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [{ ...details, attempts }] });
}

function outcomeOf({ value, model, served, failed = [] }: CallModelOutput, before: readonly Attempt[]): TierOutcome {
  return { value, model, attempts: [...before, ...failed, served] };
}

async function callOnce(run: TierRun, request: CallRequest, opened: OpenedCall): Promise<CallModelOutput> {
  const { plan, pool, requestDigest, grant } = opened;
  run.report({ state: 'calling', tier: run.tier, ...(grant && { endpoint: grant.endpoint }) });
  const input: CallModelInput = {
    id: identityOf(run, request),
    call: callPlanOf(plan, pool, requestDigest),
    variables: run.variables,
    tenant: run.tenant,
    ...(run.priority && { priority: run.priority }),
    ...(grant && { grant }),
    ...(request.repair && { repair: request.repair }),
  };
  const remainingMs = Math.max(leastUsefulMs, remainingOf(run, plan));
  try {
    return await scheduleActivity<CallModelOutput>(activityNames.callModel, [input], {
      summary: summaryOf(run, pool, request),
      scheduleToCloseTimeout: remainingMs,
      startToCloseTimeout: remainingMs,
      heartbeatTimeout: heartbeatTimeoutMs,
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      retry: retryPolicyOf(plan),
    });
  } catch (error) {
    // Cancelled before it started, or between two attempts: nobody else gives the claims back.
    await giveBackCall(run.turn, {
      id: input.id,
      pool: pool.pool,
      ...(grant && { grant }),
      attempts: plan.maximumAttempts,
      error,
    });
    throw error;
  }
}

/**
 * Delays come from the activity (nextRetryDelay, jitter ours); the cap must lie above the longest Retry-After. Which
 * classes are final says the failure itself (nonRetryable, by its row of the catalogue): a list of types here would
 * stand in history with every call.
 */
function retryPolicyOf({ maximumAttempts }: StepPlan): RetryPolicy {
  return { maximumAttempts, initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 3_600_000 };
}

function summaryOf(run: TierRun, { pool }: PoolPlan, request: CallRequest): string {
  const occurrence = run.occurrence === 0 ? '' : ` #${run.occurrence}`;
  const repairText = request.index === 0 ? '' : ', repair';
  return summaryLine(`${run.step}${occurrence}, tier ${run.tier} (${pool})${repairText}`);
}
