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
import { isBreaker } from '../../contracts/capacity';
import type { CallIdentity } from '../../contracts/ids';
import { isModelTierPlan } from '../../contracts/step';
import type { JsonObject, JsonValue } from '../../contracts/json';
import type { Priority } from '../../contracts/settings';
import type { StepStatus } from '../../contracts/status';
import type {
  CallExtras,
  Grant,
  OpenStepInput,
  OpenStepOutput,
  PoolPlan,
  RepairRequest,
  RuleTierPlan,
  SpendLimits,
  StepPlan,
} from '../../contracts/step';
import { failureOf } from '../policy/failure-of';
import { behindBreaker, hasModelAfter } from '../policy/leave-breaker';
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
  /** `step` names an embedding. */
  readonly embeds?: true;
  readonly occurrence: number;
  readonly tier: number;
  readonly variables: JsonObject;
  readonly extras?: CallExtras;
  readonly tenant: string;
  /** Default: the tenant's. */
  readonly priority?: Priority;
  /** What the run may spend. Absent = any amount. */
  readonly budget?: SpendLimits;
  /** When the run's own time is over, Unix ms on the workflow's clock: no wait, call or tier goes past it. */
  readonly endsAtMs?: number;
  /** Plans of the run by step. One is missing until the step's first opening: the worker's config decides, history remembers. */
  readonly plans: Map<string, StepPlan>;
  /** When the step's time began, on the workflow's clock. */
  readonly startedAtMs: number;
  /** The run's queue of local activities. */
  readonly turn: Turn;
  readonly report: (patch: Partial<StepStatus>) => void;
  /** Called when a worker says that the server knows the run's search attributes. */
  readonly becomeSearchable?: () => void;
}

/** One call of a tier: an answer, or the repair of an invalid one. */
export interface CallRequest {
  /** See `CallIdentity.callIndex`. */
  readonly index: number;
  readonly repair?: RepairRequest;
  /** What the step asks beside its variables, the rounds of tool calls so far among it. */
  readonly extras?: CallExtras;
  /** The pool an earlier opening chose. */
  readonly chosen?: PoolPlan;
}

export type Opened =
  | OpenedCall
  /** A tier that calls no model: its answer, or none. */
  | { readonly inline: InlineAnswer | undefined }
  /** A rule tier. */
  | { readonly rule: RuleTierPlan; readonly plan: StepPlan }
  /** A tier that runs in a workflow of its own. */
  | { readonly child: OwnWorkflow };

export interface OwnWorkflow {
  /** A deferred tier: how long its answer is likely to take, ms. */
  readonly expectedMs?: number;
}

export interface InlineAnswer {
  readonly value: JsonValue;
  /** The model that gave it, or what gave it instead. */
  readonly model: string;
  /** In an attempt's place of an endpoint. */
  readonly servedBy: 'cache' | 'template';
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

/** Opens a call of a tier that calls a model. */
export async function openModelCall(run: TierRun, request: CallRequest): Promise<OpenedCall> {
  const opened = await openCall(run, request);
  if (!('requestDigest' in opened))
    throw ApplicationFailure.nonRetryable(`${run.step}: tier ${run.tier} calls no model`, 'Llm.Internal');
  return opened;
}

export async function openCall(run: TierRun, request: CallRequest): Promise<Opened> {
  const opening: Opening = { request };
  try {
    return await openUntilGranted(run, opening);
  } catch (error) {
    // Cancelled, or out of time: who does not come back gives up start and place.
    if (opening.held !== undefined) await giveBackHeld(run.turn, opening.held);
    throw error;
  }
}

async function openUntilGranted(run: TierRun, opening: Opening): Promise<Opened> {
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
    if (capacity.kind === 'child') return { child: capacity };
    if (isInline(capacity)) return inlineOf(run, plan, capacity);
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
    const { retryInMs, blockedBy, hop = 0, mayLeave = false } = capacity;
    opening.held = { ...claimed, hop, isGranted: false, mayLeave };
    if (retryInMs > remainingOf(run, plan)) throw outOfTime(run, plan, blockedBy);
    if (mayLeave && isBreaker(blockedBy) && hasModelAfter(plan, run.tier)) throw behindBreaker(run.step, blockedBy);
    await pause(run, retryInMs, blockedBy);
  }
}

type InlineCapacity = Extract<OpenedStep['capacity'], { kind: 'cached' | 'notCached' | 'template' | 'rule' }>;

function isInline(capacity: OpenedStep['capacity']): capacity is InlineCapacity {
  return ['cached', 'notCached', 'template', 'rule'].includes(capacity.kind);
}

function inlineOf(
  run: TierRun,
  plan: StepPlan,
  capacity: InlineCapacity,
): Exclude<Opened, OpenedCall | { readonly child: OwnWorkflow }> {
  switch (capacity.kind) {
    case 'cached':
      return { inline: { value: capacity.value, model: capacity.model, servedBy: 'cache' } };
    case 'notCached':
      return { inline: undefined };
    case 'template':
      return { inline: { value: capacity.value, model: 'template', servedBy: 'template' } };
    case 'rule': {
      const tier = plan.tiers[run.tier];
      if (tier === undefined || !('rule' in tier)) throw new RangeError(`${plan.step} has no rule at tier ${run.tier}`);
      return { rule: tier, plan };
    }
  }
}

function plannedPoolOf(run: TierRun, plan: StepPlan): PoolPlan {
  const tier = plan.tiers[run.tier];
  if (!isModelTierPlan(tier)) throw new RangeError(`${plan.step} has no model at tier ${run.tier}`);
  return tier;
}

function openingOf(run: TierRun, request: CallRequest): OpenStepInput {
  const plan = run.plans.get(run.step);
  const opening: OpenStepInput = {
    id: identityOf(run, request),
    ...(run.embeds && { embeds: run.embeds }),
    variables: run.variables,
    tenant: run.tenant,
    ...(run.priority && { priority: run.priority }),
    ...(request.repair && { repair: request.repair }),
    ...(request.extras && { extras: request.extras }),
    ...(run.budget && { budget: run.budget }),
    ...(request.chosen && { chosen: request.chosen }),
  };
  if (plan === undefined) return run.endsAtMs === undefined ? opening : { ...opening, remainingMs: timeOfRunLeft(run) };
  const remainingMs = remainingOf(run, plan);
  if (remainingMs < leastUsefulMs && isModelTierPlan(plan.tiers[run.tier])) throw outOfTime(run, plan);
  return { ...opening, plan, remainingMs };
}

/** A store that stays silent ends the step: with a plan at its own time, without one after a fixed time. */
function checkStorePause(run: TierRun, pauseMs: number): void {
  const stepMs = run.plans.get(run.step)?.timeouts.stepMs ?? longestWithoutPlanMs;
  if (pauseMs > timeLeftOf(run, stepMs)) throw storeUnavailable(run);
}

const longestWithoutPlanMs = 120_000;

type Capacity = OpenStepOutput['capacity'];
type Refused = Extract<Capacity, { kind: 'refused' }>;
type OpenedStep = Omit<OpenStepOutput, 'plan' | 'capacity'> & {
  readonly plan: StepPlan;
  readonly capacity: Exclude<Capacity, Refused>;
};

async function openStep(run: TierRun, request: CallRequest): Promise<OpenedStep | 'storeUnavailable'> {
  try {
    return await run.turn.take(async () => {
      const opened = await scheduleOpening(run, openingOf(run, request));
      const plan = run.plans.get(run.step) ?? opened.plan;
      if (plan === undefined) throw ApplicationFailure.nonRetryable('openStep answered without a plan', 'Llm.Internal');
      run.plans.set(run.step, plan);
      run.report({ streams: plan.stream === true });
      if (opened.searchable === true) run.becomeSearchable?.();
      if (opened.capacity.kind === 'refused') throw refusedBy(opened.capacity.failure);
      return { ...opened, plan, capacity: opened.capacity };
    });
  } catch (error) {
    if (!isCancellation(error) && failureOf(error).type === 'Capacity.StoreUnavailable') return 'storeUnavailable';
    throw error;
  }
}

function refusedBy({ type, message, details }: Refused['failure']): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
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
  run.report({ state: 'waiting', tier: run.tier, waitingFor, waitMs: Math.ceil(ms) });
  await sleep(ms, { summary: summaryLine(waitingFor) });
}

export function identityOf(run: TierRun, { index }: Pick<CallRequest, 'index'>): CallIdentity {
  return { runKey: run.runKey, step: run.step, occurrence: run.occurrence, tier: run.tier, callIndex: index };
}

/** Of the step, or of the run where that ends sooner. */
export function remainingOf(run: Pick<TierRun, 'startedAtMs' | 'endsAtMs'>, plan: StepPlan): number {
  return timeLeftOf(run, plan.timeouts.stepMs);
}

/** Of the run alone. */
export function timeOfRunLeft({ endsAtMs = Number.POSITIVE_INFINITY }: Pick<TierRun, 'endsAtMs'>): number {
  return Math.max(0, endsAtMs - Date.now());
}

function timeLeftOf({ startedAtMs, endsAtMs }: Pick<TierRun, 'startedAtMs' | 'endsAtMs'>, stepMs: number): number {
  const nowMs = Date.now();
  const ofStep = remainingMsOf(stepMs, startedAtMs, nowMs);
  return endsAtMs === undefined ? ofStep : Math.min(ofStep, Math.max(0, endsAtMs - nowMs));
}

function outOfTime(run: TierRun, plan: StepPlan, blockedBy?: string): ApplicationFailure {
  const cause = blockedBy === undefined ? '' : `: still waiting for ${blockedBy}`;
  const isOfRun = run.endsAtMs !== undefined && run.endsAtMs < run.startedAtMs + plan.timeouts.stepMs;
  if (isOfRun) {
    const told = `${run.step}: the time its run was given is used up${cause}; start it with a larger budget.time`;
    return ApplicationFailure.nonRetryable(told, 'Budget.Exceeded', { budget: 'run', unit: 'time' });
  }
  const message = `${run.step}: the step's time of ${secondsText(plan.timeouts.stepMs)} is used up${cause}`;
  return ApplicationFailure.nonRetryable(message, 'Capacity.Timeout', { blockedBy });
}

function storeUnavailable(run: TierRun): ApplicationFailure {
  const message = `${run.step}: the capacity store did not answer within the step's time`;
  return ApplicationFailure.nonRetryable(message, 'Capacity.StoreUnavailable');
}
