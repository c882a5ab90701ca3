/**
 * Opens one call of a tier: its request and its capacity, waited for in the open.
 *
 *   open  ──wait──▶ durable timer ──▶ open again
 *    │    ──the store is silent──▶ durable timer ──▶ open again
 *    │granted, start further than 2 s ahead ──▶ durable timer
 *    ▼
 *   opened
 *
 * Where the tier chooses between pools, the first answer holds the choice, and every later opening carries it.
 */
import { isCancellation, scheduleLocalActivity, sleep } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { activityNames } from '../../contracts/names';
import { summaryLine } from '../../contracts/summary-line';
import type { CallIdentity } from '../../contracts/ids';
import type { JsonObject } from '../../contracts/json';
import type { Priority } from '../../contracts/settings';
import type { StepStatus } from '../../contracts/status';
import type { Grant, OpenStepInput, OpenStepOutput, PoolPlan, RepairRequest, StepPlan } from '../../contracts/step';
import { failureOf } from '../policy/failure-of';
import { leastUsefulMs, remainingMsOf, secondsText } from '../policy/remaining';
import { giveBackHeld } from './give-back';
import type { Held } from './give-back';
import type { Turn } from './turn';

/** A start nearer than this is slept in the activity; further ahead a durable timer holds no slot. */
const longestSleepInActivityMs = 2_000;
/** A server's timer and the task that follows it take up to this long. */
const earlyMs = 1_500;
/** Pause between two openings while the capacity store is silent: ×2 each time, up to the cap. */
const storePauseMs = { first: 1_000, cap: 10_000 } as const;

export interface TierRun {
  readonly runKey: string;
  readonly step: string;
  readonly occurrence: number;
  readonly tier: number;
  readonly variables: JsonObject;
  readonly tenant: string;
  /** Default: the tenant's. */
  readonly priority?: Priority;
  /** Plans of the run by step. One is missing until the step's first opening: the worker's config decides, history remembers. */
  readonly plans: Map<string, StepPlan>;
  /** When the step's time began, on the workflow's clock. */
  readonly startedAtMs: number;
  /** The run's queue of local activities. */
  readonly turn: Turn;
  readonly report: (patch: Partial<StepStatus>) => void;
}

/** One call of a tier: the answer, or the repair of an invalid one. */
export interface CallRequest {
  /** 0 the answer, 1 the repair. */
  readonly index: number;
  readonly repair?: RepairRequest;
  /** The pool an earlier opening chose. */
  readonly chosen?: PoolPlan;
}

export interface OpenedCall {
  readonly plan: StepPlan;
  readonly pool: PoolPlan;
  readonly requestDigest: string;
  /** Absent when the journal holds the answer. */
  readonly grant?: Grant;
}

/** A call on its way to its grant, and what the store holds for it so far. */
interface Opening {
  request: CallRequest;
  held?: Held;
}

export async function openCall(run: TierRun, request: CallRequest): Promise<OpenedCall> {
  const opening: Opening = { request };
  try {
    return await openUntilGranted(run, opening);
  } catch (error) {
    // Cancelled, or out of time: who does not come back gives up start and place.
    if (opening.held !== undefined) await giveBackHeld(run.turn, opening.held);
    throw error;
  }
}

async function openUntilGranted(run: TierRun, opening: Opening): Promise<OpenedCall> {
  let storePause: number = storePauseMs.first;
  for (;;) {
    const answer = await openStep(run, opening.request);
    if (answer === 'storeUnavailable') {
      checkStorePause(run, storePause);
      await pause(run, storePause, 'the capacity store');
      storePause = Math.min(storePause * 2, storePauseMs.cap);
      continue;
    }
    const { plan, requestDigest, capacity } = answer;
    if (answer.chosen !== undefined) opening.request = { ...opening.request, chosen: answer.chosen };
    const pool = opening.request.chosen ?? plannedPoolOf(run, plan);
    const opened = { plan, pool, requestDigest };
    const claimed = { id: identityOf(run, opening.request), pool: pool.pool };
    if (capacity.kind === 'journaled') return opened;
    if (capacity.kind === 'granted') {
      const { grant } = capacity;
      opening.held = { ...claimed, hop: grant.hop, isGranted: true };
      await waitForStart(run, plan, grant);
      return { ...opened, grant };
    }
    const { retryInMs, blockedBy, hop = 0 } = capacity;
    opening.held = { ...claimed, hop, isGranted: false };
    if (retryInMs > remainingOf(run, plan)) throw outOfTime(run, plan, blockedBy);
    await pause(run, retryInMs, blockedBy);
  }
}

function plannedPoolOf(run: TierRun, plan: StepPlan): PoolPlan {
  const tier = plan.tiers[run.tier];
  if (tier === undefined) throw new RangeError(`${plan.step} has no tier ${run.tier}`);
  return tier;
}

function openingOf(run: TierRun, request: CallRequest): OpenStepInput {
  const plan = run.plans.get(run.step);
  const opening: OpenStepInput = {
    id: identityOf(run, request),
    variables: run.variables,
    tenant: run.tenant,
    ...(run.priority && { priority: run.priority }),
    ...(request.repair && { repair: request.repair }),
    ...(request.chosen && { chosen: request.chosen }),
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

async function waitForStart(run: TierRun, plan: StepPlan, { startInMs, blockedBy, endpoint }: Grant): Promise<void> {
  if (startInMs <= longestSleepInActivityMs) return;
  if (startInMs > remainingOf(run, plan)) throw outOfTime(run, plan, blockedBy);
  // The call comes to its start early rather than late: a claim that is late goes behind everyone who is booked.
  await pause(run, startInMs - earlyMs, blockedBy ?? endpoint);
}

/** Waits by a durable timer that says why. */
async function pause(run: TierRun, ms: number, blockedBy: string): Promise<void> {
  const waitingFor = `${blockedBy}, ${secondsText(ms)}`;
  run.report({ state: 'waiting', tier: run.tier, waitingFor });
  await sleep(ms, { summary: summaryLine(waitingFor) });
}

export function identityOf(run: TierRun, { index }: Pick<CallRequest, 'index'>): CallIdentity {
  return { runKey: run.runKey, step: run.step, occurrence: run.occurrence, tier: run.tier, callIndex: index };
}

export function remainingOf(run: TierRun, plan: StepPlan): number {
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
