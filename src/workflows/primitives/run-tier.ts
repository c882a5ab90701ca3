/**
 * One tier of one step, in the pipeline itself (the first that calls a model, and a cached one) or in a child workflow:
 *
 *   open (open-call.ts) ──a cached or template tier──▶ its answer, or nothing
 *    │ ──a rule tier──▶ its activity (call-rule.ts)
 *    │
 *    ▼
 *   call ──Llm.OutputInvalid, once──▶ open and call the repair
 *    │ ──tool calls──▶ make them (call-tools.ts), open the next round
 *    ▼ outcome, or the failure that spent the tier
 *
 * Retries inside `call` are Temporal's, by its RetryPolicy; hops to other endpoints happen inside one attempt.
 */
import { isCancellation, scheduleActivity } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { RetryPolicy } from '@temporalio/common';
import { activityNames } from '../../contracts/names';
import { summaryLine } from '../../contracts/summary-line';
import { isModelTierPlan } from '../../contracts/step';
import type {
  Attempt,
  CallModelInput,
  CallModelOutput,
  PoolPlan,
  StepPlan,
  TierOutcome,
  ToolRound,
} from '../../contracts/step';
import { callPlanOf } from '../policy/call-plan';
import { failureOf } from '../policy/failure-of';
import type { StepFailure } from '../policy/failure-of';
import { leastUsefulMs } from '../policy/remaining';
import { callRule, freeAttempt } from './call-rule';
import { callTools } from './call-tools';
import { giveBackCall } from './give-back';
import { identityOf, openCall, openModelCall, remainingOf } from './open-call';
import type { CallRequest, OpenedCall, OwnWorkflow, TierRun } from './open-call';

const heartbeatTimeoutMs = 10_000;
const defaultToolRounds = 8;

/** Undefined: a cached tier that holds nothing. `child`: the tier is one that runs in a workflow of its own. */
export async function runTier(run: TierRun): Promise<TierOutcome | { readonly child: OwnWorkflow } | undefined> {
  const first: CallRequest = { index: 0, ...(run.extras && { extras: run.extras }) };
  const opened = await openCall(run, first);
  if ('child' in opened) return opened;
  if ('rule' in opened) return callRule(run, opened.plan, opened.rule);
  if (!('inline' in opened)) return answerOf(run, first, opened);
  if (opened.inline === undefined) return undefined;
  const { value, model, servedBy } = opened.inline;
  return { value, model, attempts: [freeAttempt(run.tier, servedBy, servedBy === 'cache' ? 'cached' : 'succeeded')] };
}

/** One answer after as many rounds of tool calls as the model asks for and the step allows. */
async function answerOf(run: TierRun, first: CallRequest, firstOpened: OpenedCall): Promise<TierOutcome> {
  const { plan, pool } = firstOpened;
  const rounds: ToolRound[] = [];
  let attempts: readonly Attempt[] = [];
  let request = first;
  let opened = firstOpened;
  for (;;) {
    const told = await answerOnce(run, request, opened).catch((error: unknown) => {
      throw attempts.length === 0 || isCancellation(error) ? error : withEarlier(failureOf(error), attempts);
    });
    attempts = [...attempts, ...told.attempts];
    const { value, model, toolCalls, answerKey = '' } = told.output;
    if (toolCalls === undefined) return { value, model, attempts };
    if (rounds.length >= (plan.maxToolRounds ?? defaultToolRounds)) throw toolLoop(run, rounds.length, attempts);
    const results = await callTools(run, plan, { calls: toolCalls, answerKey });
    rounds.push({ answerKey, text: typeof value === 'string' ? value : '', calls: toolCalls, results });
    request = {
      index: rounds.length * 2,
      extras: { ...run.extras, toolRounds: [...rounds] },
      // Who has begun a conversation goes on with it.
      ...(hasChoice(plan, run.tier) && { chosen: pool }),
    };
    opened = await openModelCall(run, request).catch((error: unknown) => {
      throw isCancellation(error) ? error : withEarlier(failureOf(error), attempts);
    });
  }
}

interface Told {
  readonly output: CallModelOutput;
  /** All of the call, a repair's included; the one that served last. */
  readonly attempts: readonly Attempt[];
}

async function answerOnce(run: TierRun, request: CallRequest, opened: OpenedCall): Promise<Told> {
  try {
    return toldOf(await callOnce(run, request, opened), []);
  } catch (error) {
    const failure = failureOf(error);
    if (isCancellation(error) || failure.type !== 'Llm.OutputInvalid' || isTooLarge(failure)) throw error;
    return repair(run, { request, failure, opened });
  }
}

/** The same question would have the same answer. */
function isTooLarge({ details }: StepFailure): boolean {
  return details.code === 'answer_too_large';
}

/** What `Llm.OutputInvalid` carries. */
interface InvalidAnswer {
  readonly issues?: string;
  readonly journalKey?: string;
  readonly attempts?: readonly Attempt[];
}

interface Repair {
  readonly request: CallRequest;
  readonly failure: StepFailure;
  readonly opened: OpenedCall;
}

/** One more call with the validator's message. The invalid answer was paid for, so it stays among the attempts. */
async function repair(run: TierRun, { request, failure, opened: { plan, pool } }: Repair): Promise<Told> {
  const invalid = failure.details as InvalidAnswer;
  const issues = invalid.issues ?? failure.message;
  const repairing: CallRequest = {
    index: request.index + 1,
    repair: { issues, invalidAnswerKey: invalid.journalKey ?? '' },
    ...(request.extras && { extras: request.extras }),
    // The model that is asked to mend the answer is the one that gave it.
    ...(hasChoice(plan, run.tier) && { chosen: pool }),
  };
  const before = invalid.attempts ?? [];
  try {
    const opened = await openModelCall(run, repairing);
    return toldOf(await callOnce(run, repairing, opened), before);
  } catch (error) {
    throw isCancellation(error) ? error : unrepaired(failure, failureOf(error));
  }
}

/** A repair that does not fit the context window says nothing about the request: what is wrong is still the answer. */
function unrepaired(answer: StepFailure, repaired: StepFailure): ApplicationFailure {
  const attempts = [answer, repaired].flatMap(({ details }) => (details as InvalidAnswer).attempts ?? []);
  return failedWith(repaired.type === 'Llm.ContextTooLong' ? answer : repaired, attempts);
}

function withEarlier(failure: StepFailure, earlier: readonly Attempt[]): ApplicationFailure {
  return failedWith(failure, [...earlier, ...((failure.details as InvalidAnswer).attempts ?? [])]);
}

function failedWith({ type, message, details }: StepFailure, attempts: readonly Attempt[]): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [{ ...details, attempts }] });
}

function toolLoop(run: TierRun, rounds: number, attempts: readonly Attempt[]): ApplicationFailure {
  const message = `${run.step}: the model asked for tools again after ${rounds} rounds; raise maxToolRounds, or tell it in the prompt when to answer`;
  return failedWith({ type: 'Llm.ToolLoop', message, details: {} }, attempts);
}

function hasChoice(plan: StepPlan, tier: number): boolean {
  const planned = plan.tiers[tier];
  return isModelTierPlan(planned) && planned.choice !== undefined;
}

function toldOf(output: CallModelOutput, before: readonly Attempt[]): Told {
  return { output, attempts: [...before, ...(output.failed ?? []), output.served] };
}

async function callOnce(run: TierRun, request: CallRequest, opened: OpenedCall): Promise<CallModelOutput> {
  const { plan, pool, requestDigest, grant } = opened;
  run.report({ state: 'calling', tier: run.tier, ...(grant && { endpoint: grant.endpoint }) });
  const input: CallModelInput = {
    id: identityOf(run, request),
    call: callPlanOf(plan, run.tier, { pool, requestDigest }),
    variables: run.variables,
    tenant: run.tenant,
    ...(run.priority && { priority: run.priority }),
    ...(grant && { grant }),
    ...(request.repair && { repair: request.repair }),
    ...(request.extras && { extras: request.extras }),
    ...(run.budget && { budget: run.budget }),
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
  const round = request.index < 2 ? '' : `, after ${Math.floor(request.index / 2)} tool rounds`;
  const repairText = request.repair === undefined ? '' : ', repair';
  return summaryLine(`${run.step}${occurrence}, tier ${run.tier} (${pool})${round}${repairText}`);
}
