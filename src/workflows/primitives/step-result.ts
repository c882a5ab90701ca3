/** What becomes of a step: its result, its line in the status, or the failure that ends it. */
import { ApplicationFailure } from '@temporalio/common';
import { overloadIn } from '../../contracts/overload';
import { totalOf } from '../../contracts/step';
import type { JsonValue } from '../../contracts/json';
import type { StepStatus } from '../../contracts/status';
import type { Attempt, DeferredStep, StepResult, TierOutcome } from '../../contracts/step';
import type { StepFailure } from '../policy/failure-of';
import { freeAttempt } from './call-rule';
import type { TierRun } from './open-call';

/** What stays the same on the way down the ladder. */
export interface Walk extends Omit<TierRun, 'tier' | 'startedAtMs'> {
  /** When the step's time began; later by the time that tiers with a time of their own have taken. */
  startedAtMs: number;
}

/** A tier that was tried and is spent. */
export interface SpentTier extends StepFailure {
  readonly tier: number;
}

/** A value that no tier gave; none at all when the step is skipped. */
export function insteadOf<T>(
  walk: Walk,
  spent: readonly SpentTier[],
  { servedBy, value }: { readonly servedBy: string; readonly value?: JsonValue },
): StepResult<T> {
  const attempts = [freeAttempt(spent.at(-1)?.tier ?? 0, servedBy, value === undefined ? 'skipped' : 'succeeded')];
  const told = { value: value ?? null, model: 'none', attempts, tier: spent.at(-1)?.tier ?? 0 };
  const result = { ...resultOf<T>(walk, spent, told), ...(value === undefined && { skipped: true as const }) };
  walk.report(completedStatus(result));
  return result;
}

export function resultOf<T>(
  walk: Walk,
  spent: readonly SpentTier[],
  served: TierOutcome & { tier: number },
): StepResult<T> {
  const reason = spent.at(-1)?.type;
  const attempts = [...attemptsOf(spent), ...served.attempts];
  return {
    value: served.value as T,
    servedBy: served.attempts.at(-1)?.endpoint ?? '',
    model: served.model,
    tier: served.tier,
    degraded: reason !== undefined,
    ...(reason === undefined ? {} : { reason }),
    attempts,
    ...totalOf(attempts),
    promptVersion: walk.plans.get(walk.step)?.prompt ?? '',
  };
}

/** What a caller gets that does not wait for the answer. */
export function deferredOf(
  walk: Walk,
  spent: readonly SpentTier[],
  { tier, deferred }: Pick<DeferredStep, 'tier' | 'deferred'>,
): DeferredStep {
  const reason = spent.at(-1)?.type;
  const attempts = attemptsOf(spent);
  const isDegraded = reason !== undefined;
  walk.report({ state: 'deferred', tier, deferred, ...costOf(attempts), ...(isDegraded && { degraded: true }) });
  return {
    deferred,
    tier,
    degraded: isDegraded,
    ...(isDegraded && { reason }),
    attempts,
    ...totalOf(attempts),
    promptVersion: walk.plans.get(walk.step)?.prompt ?? '',
  };
}

export function completedStatus(result: StepResult<unknown>): Partial<StepStatus> {
  return {
    state: 'completed',
    tier: result.tier,
    endpoint: result.servedBy,
    ...costOf(result.attempts),
    ...(result.degraded ? { degraded: true } : {}),
  };
}

/** Also of a step that failed: its answers were paid for. */
export function costOf(attempts: readonly Attempt[]): Partial<StepStatus> {
  const { usage, costUsd } = totalOf(attempts);
  const { inputTokens, outputTokens } = usage;
  return { attempts: attempts.length, inputTokens, outputTokens, costUsd };
}

/** What a spent tier tried, and paid for, is part of the step. */
export function attemptsOf(spent: readonly SpentTier[]): Attempt[] {
  return spent.flatMap(({ details }) => (details['attempts'] as readonly Attempt[] | undefined) ?? []);
}

export function stepFailed(name: string, spent: readonly SpentTier[], last: StepFailure): ApplicationFailure {
  const told = spent.length <= 1 ? '' : ` after ${spent.length} tiers`;
  const attempts = attemptsOf(spent);
  const tiers = spent.map(({ tier, type, message }) => ({ tier, type, message }));
  return ApplicationFailure.create({
    type: last.type,
    message: `step ${name} failed${told}: ${last.message}`,
    nonRetryable: true,
    details: [{ step: name, ...overloadIn(last.details), tiers, attempts, ...totalOf(attempts) }],
  });
}
