/**
 * Evals ask models through the same engine as pipelines: a reservation in the batch lane, hops, the journal, settlement,
 * by the very activities a worker registers, in this process and without Temporal
 * (docs/decisions/2026-11-21-evals-in-process.md). What Temporal does between two attempts is done here.
 */
import { sizeLimitsOf } from '../contracts/size-limits';
import { setMaxListeners } from 'node:events';
import { ApplicationFailure } from '@temporalio/common';
import { createActivities } from '../activities/create-activities';
import type { CoreActivities } from '../activities/create-activities';
import type { ActivityDependencies } from '../activities/ports';
import { sleepUntilAborted } from '../activities/sleep';
import type { CallIdentity } from '../contracts/ids';
import { isModelTierPlan, totalOf } from '../contracts/step';
import type {
  Attempt,
  CallModelInput,
  CallModelOutput,
  Grant,
  PoolPlan,
  SpendLimits,
  StepPlan,
} from '../contracts/step';
import { HoldfastError } from '../errors/holdfast-error';
import { failedOutcome } from '../evals';
import type { EvalAnswer, EvalArm, EvalCall } from '../evals';
import { callPlanOf } from '../workflows/policy/call-plan';
import { failureOf } from '../workflows/policy/failure-of';
import { createDependencies } from './create-dependencies';
import { runInProcess } from './in-process-activity';
import type { InProcessAttempt } from './in-process-activity';
import { readWorkerEnvironment } from './worker-environment';

export interface OpenEvals {
  /** A call that fails is an answer too. Throws the reason of `signal`, and what is a defect or a wrong configuration. */
  ask(call: EvalCall): Promise<EvalAnswer>;
  close(): Promise<void>;
}

export interface OpenEvalsOptions {
  /** Calls of one id are made once: an eval that is repeated under it finds its answers, and pays for the missing ones. */
  readonly id: string;
  /** Whose share of the capacity, and whose budget. */
  readonly tenant: string;
  /** Of all calls under this id together. Absent = any amount. */
  readonly budget?: SpendLimits;
  readonly signal: AbortSignal;
}

/** Pause while the capacity store is silent. */
const storePauseMs = 2_000;

/** Reads the environment as a worker does. Throws `Config.Invalid`, `Service.Unreachable`. */
export async function openEvals(environment: NodeJS.ProcessEnv, options: OpenEvalsOptions): Promise<OpenEvals> {
  const { activities: deps, close } = await createDependencies(readWorkerEnvironment(environment), environment, {
    sizeLimits: sizeLimitsOf(false),
  });
  // Every call in flight listens.
  setMaxListeners(0, options.signal);
  return {
    close,
    ask: (call) => ask({ ...options, call, activities: activitiesFor(deps, call.arm), firstAtMs: Date.now() }),
  };
}

/** The arm is a step of its own, and calls the one endpoint that it names. */
function activitiesFor(deps: ActivityDependencies, { name, step, pool, endpoint }: EvalArm): CoreActivities {
  const { settings } = deps;
  const whole = settings.pools[pool];
  const narrowed = endpoint === undefined || whole === undefined ? {} : { [pool]: { ...whole, endpoints: [endpoint] } };
  const steps = { ...settings.steps, [name]: { ...step, name } };
  return createActivities({ ...deps, settings: { ...settings, steps, pools: { ...settings.pools, ...narrowed } } });
}

interface Asking extends OpenEvalsOptions {
  readonly activities: CoreActivities;
  readonly call: EvalCall;
  /** `Date.now()`. */
  readonly firstAtMs: number;
}

async function ask(asking: Asking): Promise<EvalAnswer> {
  try {
    return answerOf(await callModel(asking, await open(asking)));
  } catch (error) {
    asking.signal.throwIfAborted();
    const { type, message, details } = failureOf(asApplicationFailure(error));
    // Nothing that another row or another day would change.
    if (type === 'Llm.Internal' || type === 'Config.Invalid')
      throw new HoldfastError(type, message, details, { cause: error });
    const { attempts = [] } = details as { attempts?: readonly Attempt[] };
    const { durationMs } = attempts.at(-1) ?? {};
    return {
      outcome: failedOutcome(type, message),
      spent: totalOf(attempts),
      ...(durationMs === undefined ? {} : { latencyMs: durationMs }),
      fromJournal: false,
    };
  }
}

function answerOf({ value, served, failed = [], fromJournal = false }: CallModelOutput): EvalAnswer {
  return {
    outcome: { kind: 'answered', value, servedBy: served.endpoint },
    spent: totalOf([...failed, served]),
    ...(served.durationMs === undefined ? {} : { latencyMs: served.durationMs }),
    fromJournal,
  };
}

interface Opened {
  readonly plan: StepPlan;
  readonly pool: PoolPlan;
  readonly requestDigest: string;
  /** Absent when the journal holds the answer. */
  readonly grant?: Grant;
}

/** Opens the step until it is granted a start, and waits in between as a run would by durable timers. */
async function open(asking: Asking): Promise<Opened> {
  const { activities, call, tenant, budget } = asking;
  const id = identityOf(asking);
  let plan: StepPlan | undefined;
  let hop = 0;
  try {
    for (;;) {
      const input = {
        id,
        variables: call.variables,
        tenant,
        ...(budget && { budget }),
        ...(plan && { plan, remainingMs: leftOf(asking) }),
      };
      const answer = await attempt(asking, { activity: 'openStep', attempt: 1 }, () =>
        activities.openStep(input),
      ).catch(ifStoreIsSilent);
      if (answer === 'silent') {
        await pause(asking, storePauseMs, 'the capacity store');
        continue;
      }
      plan ??= answer.plan;
      const pool = plan?.tiers[0];
      if (plan === undefined || !isModelTierPlan(pool))
        throw new HoldfastError('Llm.Internal', `${call.arm.name}: no plan`);
      const { capacity, requestDigest } = answer;
      if (capacity.kind === 'granted') return { plan, pool, requestDigest, grant: capacity.grant };
      if (capacity.kind === 'refused') {
        const { type, message, details } = capacity.failure;
        throw new HoldfastError(type, message, details);
      }
      if (capacity.kind !== 'wait') return { plan, pool, requestDigest };
      hop = capacity.hop ?? 0;
      await pause(asking, capacity.retryInMs, capacity.blockedBy);
    }
  } catch (error) {
    // Who does not come back gives up its place.
    await activities.releaseGrant({ id, pool: call.arm.pool, hop }).catch(() => undefined);
    throw error;
  }
}

/** As Temporal does: again, when the failure says so and at the time it says. */
async function callModel(asking: Asking, { plan, pool, requestDigest, grant }: Opened): Promise<CallModelOutput> {
  const { activities, call, tenant, budget } = asking;
  const id = identityOf(asking);
  const input: CallModelInput = {
    id,
    call: callPlanOf(plan, 0, { pool, requestDigest }),
    variables: call.variables,
    tenant,
    ...(grant && { grant }),
    ...(budget && { budget }),
  };
  try {
    for (let made = 1; ; made++) {
      try {
        return await attempt(asking, { activity: 'callModel', attempt: made }, () => activities.callModel(input));
      } catch (error) {
        const isFinal = !(error instanceof ApplicationFailure) || error.nonRetryable === true;
        if (isFinal || made >= plan.maximumAttempts || asking.signal.aborted) throw error;
        await pause(asking, Number(error.nextRetryDelay ?? 1_000), failureOf(error).type);
      }
    }
  } catch (error) {
    // What was booked for an attempt that is not made.
    const claims = { id, pool: pool.pool, attempts: plan.maximumAttempts, ...(grant && { grant }) };
    await activities.releaseGrant(claims).catch(() => undefined);
    throw error;
  }
}

function attempt<T>(
  { call, firstAtMs, signal }: Asking,
  made: Pick<InProcessAttempt, 'activity' | 'attempt'>,
  work: () => Promise<T>,
): Promise<T> {
  return runInProcess({ ...made, firstAtMs, limitMs: limitMsOf(call), signal }, work);
}

function ifStoreIsSilent(error: unknown): 'silent' {
  if (failureOf(error).type === 'Capacity.StoreUnavailable') return 'silent';
  throw error;
}

async function pause(asking: Asking, ms: number, blockedBy: string): Promise<void> {
  if (ms > leftOf(asking)) {
    const waited = `${Math.round((Date.now() - asking.firstAtMs) / 1_000)} s`;
    throw new HoldfastError('Capacity.Timeout', `no capacity after ${waited}, waiting for ${blockedBy}`, { blockedBy });
  }
  await sleepUntilAborted(ms, asking.signal);
}

/** From asking to the end of the last attempt, the wait for capacity included: the time of the step. */
function limitMsOf({ arm }: EvalCall): number {
  return arm.step.timeouts.stepMs;
}

function leftOf({ call, firstAtMs }: Asking): number {
  return Math.max(0, firstAtMs + limitMsOf(call) - Date.now());
}

function identityOf({ id, call: { arm, occurrence } }: Asking): CallIdentity {
  return { runKey: `eval:${id}`, step: arm.name, occurrence, tier: 0, callIndex: 0 };
}

function asApplicationFailure(error: unknown): unknown {
  if (!(error instanceof HoldfastError)) return error;
  return ApplicationFailure.create({ type: error.type, message: error.message, details: [error.details] });
}
