/**
 * One tier of one step, in the pipeline itself (tier 0) or in a child workflow (every later one):
 *
 *   open  ──wait──▶ durable timer ──▶ open again
 *    │granted, start further than 2 s ahead ──▶ durable timer
 *    ▼
 *   call ──Llm.OutputInvalid, once──▶ open and call the repair
 *    │
 *    ▼ outcome, or the failure that spent the tier
 *
 * Retries inside `call` are Temporal's, by its RetryPolicy; hops to other endpoints happen inside one attempt.
 */
import {
  CancellationScope,
  isCancellation,
  scheduleActivity,
  scheduleLocalActivity,
  sleep,
} from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import type { RetryPolicy } from '@temporalio/common';
import { activityNames } from '../../contracts/names';
import { summaryLine } from '../../contracts/summary-line';
import type { CallIdentity } from '../../contracts/ids';
import type { JsonObject } from '../../contracts/json';
import type { StepStatus } from '../../contracts/status';
import type {
  Attempt,
  CallModelInput,
  CallModelOutput,
  Grant,
  OpenStepInput,
  OpenStepOutput,
  ReleaseGrantInput,
  RepairRequest,
  StepPlan,
  TierOutcome,
} from '../../contracts/step';
import { failureOf } from '../policy/failure-of';
import type { StepFailure } from '../policy/failure-of';
import { leastUsefulMs, remainingMsOf, secondsText } from '../policy/remaining';
import { callPlanOf } from '../policy/call-plan';
import type { Turn } from './turn';

/** A start nearer than this is slept in the activity; further ahead a durable timer holds no slot. */
const longestSleepInActivityMs = 2_000;
const heartbeatTimeoutMs = 10_000;
/** Pause between two openings while the capacity store is silent: ×2 each time, up to the cap. */
const storePauseMs = { first: 1_000, cap: 10_000 } as const;

export interface TierRun {
  readonly runKey: string;
  readonly step: string;
  readonly occurrence: number;
  readonly tier: number;
  readonly variables: JsonObject;
  readonly tenant: string;
  /** Plans of the run by step. One is missing until the step's first opening: the worker's config decides, history remembers. */
  readonly plans: Map<string, StepPlan>;
  /** When the step's time began, on the workflow's clock. */
  readonly startedAtMs: number;
  /** The run's queue of local activities. */
  readonly turn: Turn;
  readonly report: (patch: Partial<StepStatus>) => void;
}

interface Opened {
  readonly plan: StepPlan;
  readonly requestDigest: string;
  /** Absent when the journal holds the answer. */
  readonly grant?: Grant;
}

/** One call of a tier: the answer, or the repair of an invalid one. */
interface CallRequest {
  /** 0 the answer, 1 the repair. */
  readonly index: number;
  readonly repair?: RepairRequest;
}

export async function runTier(run: TierRun): Promise<TierOutcome> {
  const answer: CallRequest = { index: 0 };
  const opened = await openUntilGranted(run, answer);
  try {
    return outcomeOf(await callOnce(run, answer, opened), []);
  } catch (error) {
    const failure = failureOf(error);
    if (isCancellation(error) || failure.type !== 'Llm.OutputInvalid') throw error;
    return repair(run, failure);
  }
}

/** What `Llm.OutputInvalid` carries. */
interface InvalidAnswer {
  readonly issues?: string;
  readonly journalKey?: string;
  readonly attempts?: readonly Attempt[];
}

/** One more call with the validator's message. The invalid answer was paid for, so it stays among the attempts. */
async function repair(run: TierRun, failure: StepFailure): Promise<TierOutcome> {
  const invalid = failure.details as InvalidAnswer;
  const issues = invalid.issues ?? 'the answer does not match the schema';
  const request: CallRequest = { index: 1, repair: { issues, invalidAnswerKey: invalid.journalKey ?? '' } };
  const before = invalid.attempts ?? [];
  try {
    const opened = await openUntilGranted(run, request);
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

async function openUntilGranted(run: TierRun, request: CallRequest): Promise<Opened> {
  let storePause: number = storePauseMs.first;
  for (;;) {
    const opened = await openStep(run, request);
    if (opened === 'storeUnavailable') {
      checkStorePause(run, storePause);
      await pause(run, storePause, 'the capacity store');
      storePause = Math.min(storePause * 2, storePauseMs.cap);
      continue;
    }
    const { plan, requestDigest, capacity } = opened;
    if (capacity.kind === 'journaled') return { plan, requestDigest };
    if (capacity.kind === 'granted') {
      await waitForStart(run, { plan, grant: capacity.grant, request });
      return { plan, requestDigest, grant: capacity.grant };
    }
    const { retryInMs, blockedBy } = capacity;
    if (retryInMs > remainingOf(run, plan)) throw outOfTime(run, plan, blockedBy);
    await pause(run, retryInMs, blockedBy);
  }
}

function openingOf(run: TierRun, request: CallRequest): OpenStepInput {
  const plan = run.plans.get(run.step);
  const opening: OpenStepInput = {
    id: identityOf(run, request),
    variables: run.variables,
    tenant: run.tenant,
    ...(request.repair && { repair: request.repair }),
  };
  if (plan === undefined) return opening;
  const remainingMs = remainingOf(run, plan);
  if (remainingMs < leastUsefulMs) throw outOfTime(run, plan);
  return { ...opening, plan, remainingMs };
}

/** A store that stays silent ends the step: with a plan at its own time, without one after a fixed time. */
function checkStorePause(run: TierRun, pauseMs: number): void {
  const stepMs = run.plans.get(run.step)?.timeouts.stepMs ?? longestWithoutPlanMs;
  if (pauseMs > remainingMsOf(stepMs, run.startedAtMs, Date.now())) throw storeUnavailable(run);
}

const longestWithoutPlanMs = 120_000;

type OpenedStep = OpenStepOutput & { readonly plan: StepPlan };

async function openStep(run: TierRun, request: CallRequest): Promise<OpenedStep | 'storeUnavailable'> {
  try {
    return await run.turn.take(async () => {
      const opened = await scheduleOpening(run, openingOf(run, request));
      const plan = run.plans.get(run.step) ?? opened.plan;
      if (plan === undefined) throw ApplicationFailure.nonRetryable('openStep answered without a plan', 'Llm.Internal');
      run.plans.set(run.step, plan);
      return { ...opened, plan };
    });
  } catch (error) {
    if (!isCancellation(error) && failureOf(error).type === 'Capacity.StoreUnavailable') return 'storeUnavailable';
    throw error;
  }
}

function scheduleOpening(run: TierRun, input: OpenStepInput): Promise<OpenStepOutput> {
  return scheduleLocalActivity<OpenStepOutput>(activityNames.openStep, [input], {
    startToCloseTimeout: 5_000,
    // The workflow waits for the store by durable timers instead, where people can see it.
    retry: { maximumAttempts: 3, initialInterval: 100, nonRetryableErrorTypes: ['Capacity.StoreUnavailable'] },
    // A grant must not be lost between the store and us: a cancelled opening still hands it over to be released.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary: summaryLine(`open ${run.step}, tier ${run.tier}`),
  });
}

async function waitForStart(run: TierRun, { plan, grant, request }: Unused): Promise<void> {
  if (grant.startInMs <= longestSleepInActivityMs) return;
  try {
    if (grant.startInMs > remainingOf(run, plan)) throw outOfTime(run, plan, grant.blockedBy);
    await pause(run, grant.startInMs, grant.blockedBy ?? grant.endpoint);
  } catch (error) {
    await release(run, { plan, grant, request });
    throw error;
  }
}

async function callOnce(run: TierRun, request: CallRequest, opened: Opened): Promise<CallModelOutput> {
  const { plan, requestDigest, grant } = opened;
  run.report({ state: 'calling', tier: run.tier, ...(grant && { endpoint: grant.endpoint }) });
  const input: CallModelInput = {
    id: identityOf(run, request),
    call: callPlanOf(plan, run.tier, requestDigest),
    variables: run.variables,
    tenant: run.tenant,
    ...(grant && { grant }),
    ...(request.repair && { repair: request.repair }),
  };
  const remainingMs = Math.max(leastUsefulMs, remainingOf(run, plan));
  try {
    return await scheduleActivity<CallModelOutput>(activityNames.callModel, [input], {
      summary: summaryOf(run, plan, request),
      scheduleToCloseTimeout: remainingMs,
      startToCloseTimeout: remainingMs,
      heartbeatTimeout: heartbeatTimeoutMs,
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      retry: retryPolicyOf(plan),
    });
  } catch (error) {
    // Cancelled before it started: nobody else gives the claim back. Spent ones answer so and nothing happens.
    if (isCancellation(error) && grant !== undefined) await release(run, { plan, grant, request });
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

function summaryOf(run: TierRun, plan: StepPlan, request: CallRequest): string {
  const occurrence = run.occurrence === 0 ? '' : ` #${run.occurrence}`;
  const pool = plan.tiers[run.tier]?.pool ?? '';
  const repairText = request.index === 0 ? '' : ', repair';
  return summaryLine(`${run.step}${occurrence}, tier ${run.tier} (${pool})${repairText}`);
}

/** Waits by a durable timer that says why. */
async function pause(run: TierRun, ms: number, blockedBy: string): Promise<void> {
  const waitingFor = `${blockedBy}, ${secondsText(ms)}`;
  run.report({ state: 'waiting', tier: run.tier, waitingFor });
  await sleep(ms, { summary: summaryLine(waitingFor) });
}

interface Unused {
  readonly plan: StepPlan;
  readonly grant: Grant;
  readonly request: CallRequest;
}

async function release(run: TierRun, { plan, grant, request }: Unused): Promise<void> {
  const pool = plan.tiers[run.tier]?.pool ?? '';
  const input: ReleaseGrantInput = { id: identityOf(run, request), pool, grant };
  const giveBack = () =>
    scheduleLocalActivity<undefined>(activityNames.releaseGrant, [input], {
      startToCloseTimeout: 2_000,
      retry: { maximumAttempts: 2 },
      summary: summaryLine(`release ${grant.endpoint}`),
    });
  // The lease ends by itself; a store that does not answer must not hold up a cancellation.
  await run.turn.take(() => CancellationScope.nonCancellable(giveBack)).catch(() => undefined);
}

function identityOf(run: TierRun, { index }: CallRequest): CallIdentity {
  return { runKey: run.runKey, step: run.step, occurrence: run.occurrence, tier: run.tier, callIndex: index };
}

function remainingOf(run: TierRun, plan: StepPlan): number {
  return remainingMsOf(plan.timeouts.stepMs, run.startedAtMs, Date.now());
}

function outOfTime(run: TierRun, plan: StepPlan, blockedBy?: string): ApplicationFailure {
  const cause = blockedBy === undefined ? '' : `: still waiting for ${blockedBy}`;
  const message = `${run.step}: the step's time of ${secondsText(plan.timeouts.stepMs)} is used up${cause}`;
  return ApplicationFailure.nonRetryable(message, 'Capacity.Timeout', { blockedBy });
}

function storeUnavailable(run: TierRun): ApplicationFailure {
  const message = `${run.step}: the capacity store did not answer within the step's time`;
  return ApplicationFailure.nonRetryable(message, 'Capacity.StoreUnavailable');
}
