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
import { addUsage } from '../../contracts/usage';
import type { Usage } from '../../contracts/usage';
import { failureTypes, policyOf } from '../../errors/failure-types';
import type { Reservation } from '../../contracts/capacity';
import type { CallIdentity } from '../../contracts/ids';
import type { JsonObject } from '../../contracts/json';
import type { StepStatus } from '../../contracts/status';
import type {
  Attempt,
  CallModelInput,
  CallModelOutput,
  OpenStepInput,
  OpenStepOutput,
  RepairRequest,
  StepPlan,
  TierOutcome,
} from '../../contracts/step';
import { failureOf } from '../policy/failure-of';
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
  /** Absent on the very first opening: the worker's config decides, and history remembers. */
  readonly plan?: StepPlan;
  /** When the step's time began, on the workflow's clock. */
  readonly startedAtMs: number;
  /** The run's queue of local activities. */
  readonly turn: Turn;
  readonly report: (patch: Partial<StepStatus>) => void;
  /** Told as soon as the plan is known. */
  readonly onPlan?: (plan: StepPlan) => void;
}

interface Opened {
  readonly plan: StepPlan;
  readonly capacity: Exclude<OpenStepOutput['capacity'], { kind: 'wait' }>;
}

/** One call of a tier: the answer, or the repair of an invalid one. */
interface CallRequest {
  /** 0 the answer, 1 the repair. */
  readonly index: number;
  readonly repair?: RepairRequest;
}

export async function runTier(run: TierRun): Promise<TierOutcome> {
  const answer: CallRequest = { index: 0 };
  const opened = await openUntilGranted(run, answer, run.plan);
  try {
    const call = await callOnce(run, answer, opened);
    return { call, usage: call.usage, costUsd: call.costUsd };
  } catch (error) {
    const failure = failureOf(error);
    if (isCancellation(error) || failure.type !== 'Llm.OutputInvalid') throw error;
    return repair(run, opened.plan, failure.details);
  }
}

/** What `Llm.OutputInvalid` carries. */
interface InvalidAnswer {
  readonly issues?: string;
  readonly journalKey?: string;
  readonly usage?: Usage;
  readonly costUsd?: number;
  readonly attempts?: readonly Attempt[];
}

/** One more call with the validator's message. What the invalid answer cost stays in the sum. */
async function repair(run: TierRun, plan: StepPlan, invalid: InvalidAnswer): Promise<TierOutcome> {
  const issues = invalid.issues ?? 'the answer does not match the schema';
  const request: CallRequest = { index: 1, repair: { issues, invalidAnswerKey: invalid.journalKey ?? '' } };
  const opened = await openUntilGranted(run, request, plan);
  const call = await callOnce(run, request, opened);
  return {
    call: { ...call, attempts: [...(invalid.attempts ?? []), ...call.attempts] },
    usage: invalid.usage === undefined ? call.usage : addUsage(invalid.usage, call.usage),
    costUsd: call.costUsd + (invalid.costUsd ?? 0),
  };
}

async function openUntilGranted(run: TierRun, request: CallRequest, known: StepPlan | undefined): Promise<Opened> {
  let plan = known;
  let storePause: number = storePauseMs.first;
  for (;;) {
    const opened = await openStep(run, openingOf(run, request, plan));
    if (opened === 'storeUnavailable') {
      checkStorePause(run, plan, storePause);
      await pause(run, storePause, 'the capacity store');
      storePause = Math.min(storePause * 2, storePauseMs.cap);
      continue;
    }
    if (plan === undefined && opened.plan !== undefined) run.onPlan?.(opened.plan);
    plan = opened.plan ?? plan;
    if (plan === undefined) throw ApplicationFailure.nonRetryable('openStep answered without a plan', 'Llm.Internal');
    if (opened.capacity.kind !== 'wait') {
      await waitForStart(run, plan, opened.capacity);
      return { plan, capacity: opened.capacity };
    }
    const { retryInMs, blockedBy } = opened.capacity;
    if (retryInMs > remainingOf(run, plan)) throw outOfTime(run, plan, blockedBy);
    await pause(run, retryInMs, blockedBy);
  }
}

function openingOf(run: TierRun, request: CallRequest, plan: StepPlan | undefined): OpenStepInput {
  const opening: OpenStepInput = {
    id: identityOf(run, request),
    variables: run.variables,
    tenant: run.tenant,
    ...(request.repair === undefined ? {} : { repair: request.repair }),
  };
  if (plan === undefined) return opening;
  const remainingMs = remainingOf(run, plan);
  if (remainingMs < leastUsefulMs) throw outOfTime(run, plan);
  return { ...opening, plan, remainingMs };
}

/** A store that stays silent ends the step: with a plan at its own time, without one after a fixed time. */
function checkStorePause(run: TierRun, plan: StepPlan | undefined, pauseMs: number): void {
  const leftMs = remainingMsOf(plan?.timeouts.stepMs ?? longestWithoutPlanMs, run.startedAtMs, Date.now());
  if (pauseMs > leftMs) throw storeUnavailable(run);
}

const longestWithoutPlanMs = 120_000;

async function openStep(run: TierRun, input: OpenStepInput): Promise<OpenStepOutput | 'storeUnavailable'> {
  try {
    return await run.turn.take(() =>
      scheduleLocalActivity<OpenStepOutput>(activityNames.openStep, [input], {
        startToCloseTimeout: 5_000,
        // The workflow waits for the store by durable timers instead, where people can see it.
        retry: { maximumAttempts: 3, initialInterval: 100, nonRetryableErrorTypes: ['Capacity.StoreUnavailable'] },
        // A grant must not be lost between the store and us: a cancelled opening still hands it over to be released.
        cancellationType: 'WAIT_CANCELLATION_COMPLETED',
        summary: `open ${run.step}, tier ${run.tier}`,
      }),
    );
  } catch (error) {
    if (!isCancellation(error) && failureOf(error).type === 'Capacity.StoreUnavailable') return 'storeUnavailable';
    throw error;
  }
}

async function waitForStart(run: TierRun, plan: StepPlan, capacity: Opened['capacity']): Promise<void> {
  if (capacity.kind !== 'granted' || capacity.reservation.startInMs <= longestSleepInActivityMs) return;
  const { reservation } = capacity;
  try {
    if (reservation.startInMs > remainingOf(run, plan)) throw outOfTime(run, plan, reservation.blockedBy);
    await pause(run, reservation.startInMs, reservation.blockedBy ?? reservation.endpoint);
  } catch (error) {
    await release(run, reservation);
    throw error;
  }
}

async function callOnce(run: TierRun, request: CallRequest, { plan, capacity }: Opened): Promise<CallModelOutput> {
  const grant = capacity.kind === 'granted' ? { reservation: capacity.reservation, grantedBy: capacity.grantedBy } : {};
  const { reservation } = grant;
  run.report({ state: 'calling', tier: run.tier, ...(reservation && { endpoint: reservation.endpoint }) });
  const input: CallModelInput = {
    id: identityOf(run, request),
    call: callPlanOf(plan, run.tier),
    variables: run.variables,
    tenant: run.tenant,
    ...grant,
    ...(request.repair === undefined ? {} : { repair: request.repair }),
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
    if (isCancellation(error) && reservation !== undefined) await release(run, reservation);
    throw error;
  }
}

/** Shown in the UI and written into history with every call, so only what a model call can end with. */
const finalTypes = failureTypes.filter((type) => type.startsWith('Llm.') && !policyOf(type).retry);

/** Delays come from the activity (nextRetryDelay, jitter ours); the cap must lie above the longest Retry-After. */
function retryPolicyOf(plan: StepPlan): RetryPolicy {
  return {
    maximumAttempts: plan.maximumAttempts,
    initialInterval: 1_000,
    backoffCoefficient: 2,
    maximumInterval: 3_600_000,
    nonRetryableErrorTypes: finalTypes,
  };
}

function summaryOf(run: TierRun, plan: StepPlan, request: CallRequest): string {
  const occurrence = run.occurrence === 0 ? '' : ` #${run.occurrence}`;
  const pool = plan.tiers[run.tier]?.pool ?? '';
  return `${run.step}${occurrence}, tier ${run.tier} (${pool})${request.index === 0 ? '' : ', repair'}`;
}

/** Waits by a durable timer that says why. */
async function pause(run: TierRun, ms: number, blockedBy: string): Promise<void> {
  const waitingFor = `${blockedBy}, ${secondsText(ms)}`;
  run.report({ state: 'waiting', tier: run.tier, waitingFor });
  await sleep(ms, { summary: waitingFor });
}

async function release(run: TierRun, reservation: Reservation): Promise<void> {
  const giveBack = () =>
    scheduleLocalActivity<undefined>(activityNames.releaseCapacity, [reservation], {
      startToCloseTimeout: 2_000,
      retry: { maximumAttempts: 2 },
      summary: `release ${reservation.endpoint}`,
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
