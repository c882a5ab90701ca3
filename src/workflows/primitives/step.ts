import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { JsonObject, JsonValue } from '../../contracts/json';
import type { Attachment } from '../../contracts/model';
import type { Deferral, DeferredStep, StepResult, TierOutcome } from '../../contracts/step';
import { failureOf } from '../policy/failure-of';
import type { StepFailure } from '../policy/failure-of';
import { firstInTime, nextTierOf, runsHere } from '../policy/next-tier';
import { leastUsefulMs } from '../policy/remaining';
import { askPerson } from './ask-person';
import { putOff } from './deferred';
import { failStream } from './fail-stream';
import { remainingOf, timeOfRunLeft } from './open-call';
import { waitForOperator } from './parked';
import { currentRun } from './run-state';
import type { RunState } from './run-state';
import { runTier } from './run-tier';
import { attemptsOf, completedStatus, costOf, deferredOf, insteadOf, resultOf, stepFailed } from './step-result';
import type { SpentTier, Walk } from './step-result';
import { kindOf, planOf, runTierChild } from './tier-child';
import type { TierChild } from './tier-child';

export interface StepOptions {
  /** Images and PDFs the model is shown, after the text of its last message. */
  readonly attachments?: readonly Attachment[];
}

/**
 * Runs one LLM step: reserves capacity, calls the model, and walks down the step's tiers when one is spent.
 *
 * With `deferrable: true` a deferred tier answers at once where the answer will come from (`result.deferred`), see
 * `deferredAnswer`; without, the step waits for that tier as for any other.
 *
 * @param name - a step of `config/holdfast.yaml`
 * @param variables - the prompt's variables; they stand in history, large ones by reference
 * @throws ApplicationFailure with a type of the failure catalogue when every tier that may be tried has failed;
 *   its details name the step, the tiers' failures and the attempts. CancelledFailure when the run is cancelled.
 */
export function step<T = JsonValue>(
  name: string,
  variables: object,
  options: StepOptions & { readonly deferrable: true },
): Promise<StepResult<T> | DeferredStep>;
export function step<T = JsonValue>(name: string, variables: object, options?: StepOptions): Promise<StepResult<T>>;
export function step<T>(
  name: string,
  variables: object,
  options: StepOptions & Deferrable = {},
): Promise<StepResult<T> | DeferredStep> {
  return runDeferrable<T>({ name, variables, options });
}

/** Also for what is called like a step, but by another primitive. */
export async function runStep<T>(
  asked: Omit<Asked, 'options'> & { readonly options: StepOptions },
): Promise<StepResult<T>> {
  return (await runDeferrable<T>(asked)) as StepResult<T>;
}

async function runDeferrable<T>(asked: Asked): Promise<StepResult<T> | DeferredStep> {
  const run = currentRun();
  for (;;) {
    const walk = openWalk(run, asked);
    const ended = await walkDown<T>(walk, asked.options);
    if (!('spent' in ended)) return ended;
    const result = await endOf<T>(run, walk, ended.spent);
    if (result !== 'again') return result;
  }
}

interface Deferrable {
  readonly deferrable?: boolean;
}

interface Asked {
  readonly name: string;
  readonly variables: object;
  readonly options: StepOptions & Deferrable;
  /** The name is that of an embedding. */
  readonly embeds?: true;
}

function openWalk(run: RunState, { name, variables, options: { attachments }, embeds }: Asked): Walk {
  const { occurrence, update } = run.openStep(name);
  return {
    step: name,
    occurrence,
    runKey: run.runKey,
    variables: variables as JsonObject,
    ...(embeds && { embeds }),
    ...(attachments && attachments.length > 0 && { extras: { attachments } }),
    tenant: run.tenant,
    ...(run.priority && { priority: run.priority }),
    ...(run.spendLimits && { budget: run.spendLimits }),
    ...(run.endsAtMs !== undefined && { endsAtMs: run.endsAtMs }),
    plans: run.plans,
    turn: run.turn,
    startedAtMs: Date.now(),
    report: update,
    becomeSearchable: () => run.becomeSearchable(),
  };
}

/** Tier by tier, until one has answered or none is left. */
async function walkDown<T>(
  walk: Walk,
  { deferrable: isDeferrable = false }: Deferrable,
): Promise<StepResult<T> | DeferredStep | { readonly spent: readonly SpentTier[] }> {
  const update = walk.report;
  const spent: SpentTier[] = [];
  // Which tiers there are says the first opening.
  let next: number | undefined = walk.plans.has(walk.step) ? inTime(walk, 0) : 0;
  while (next !== undefined) {
    const tier = next;
    try {
      const outcome = await runOneTier(walk, tier, { spent, isDeferrable });
      if (outcome !== undefined && 'expectedAt' in outcome) return deferredOf(walk, spent, { tier, deferred: outcome });
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
async function runOneTier(
  walk: Walk,
  tier: number,
  { spent, isDeferrable }: { readonly spent: readonly SpentTier[]; readonly isDeferrable: boolean },
): Promise<TierOutcome | Deferral | undefined> {
  const plan = walk.plans.get(walk.step);
  let expectedMs: number | undefined;
  if (plan === undefined || runsHere(plan, tier)) {
    const outcome = await runTier({ ...walk, tier });
    if (outcome === undefined || !('child' in outcome)) return outcome;
    ({ expectedMs } = outcome.child);
  }
  const child: TierChild = { walk, plan: planOf(walk), tier, reason: spent.at(-1)?.type ?? '' };
  const kind = kindOf(child);
  if (kind === 'human') return askPerson(child);
  return kind === 'deferred' && isDeferrable ? putOff(child, expectedMs ?? 0) : runTierChild(child);
}

function nextTier(walk: Walk, tier: number, failure: StepFailure): number | undefined {
  const plan = walk.plans.get(walk.step);
  const next = plan && nextTierOf(plan, tier, failure.type);
  return next === undefined ? undefined : inTime(walk, next);
}

/** A tier that cannot finish in the time left is passed over. */
function inTime(walk: Walk, from: number): number | undefined {
  const plan = walk.plans.get(walk.step);
  return plan && firstInTime(plan, from, { ofStepMs: remainingOf(walk, plan), ofRunMs: timeOfRunLeft(walk) });
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
