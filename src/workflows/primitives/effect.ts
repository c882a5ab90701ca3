/**
 * Side effects (a row, a message, an order) that must happen once. Temporal runs an activity at least once: it may be
 * killed after its commit and before the server knows. So each effect is given a key that names it, the same in every
 * attempt, after a crash, over continue-as-new and after an operator's reset, and does nothing when the key is known.
 */
import { scheduleActivity } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import { sha256 } from '../../contracts/sha256';
import { summaryLine } from '../../contracts/summary-line';
import type { EffectContext } from '../../contracts/effect';
import { effectKeyFor } from '../policy/effect-key';
import type { EffectCall } from '../policy/effect-key';
import { currentRun } from './run-state';

export interface Effect<Input, Result> {
  (input: Input): Promise<Result>;
  with(call: EffectCall, input: Input): Promise<Result>;
}

/** The activities of `A` that take a context after their input, without it. */
export type Effects<A> = {
  readonly [Name in keyof A as IsEffect<A[Name]> extends true ? Name : never]: A[Name] extends (
    input: infer Input,
    context: EffectContext,
  ) => Promise<infer Result>
    ? Effect<Input, Result>
    : never;
};

/** An activity that takes no context could not know what it has done. */
type IsEffect<F> = F extends (input: never, context: EffectContext) => Promise<unknown>
  ? Parameters<F>['length'] extends 2
    ? true
    : false
  : false;

const digestCharacters = 32;

/**
 * As `proxyActivities`, for activities `(input, context: EffectContext) => Promise<result>`: each call passes a stable
 * `context.idempotencyKey`. See docs/effects.md for what the activity does with it.
 *
 * A cancelled run waits until an effect has ended, so that it is known whether it happened; `cancellationType` changes
 * that. `Effect.Conflict` is never retried.
 *
 * @param options - a timeout is required, as for every activity
 * @throws Config.Invalid for a key that is empty or too long, and for two keys in one call
 */
export function proxyEffects<A extends object>(options: ActivityOptions): Effects<A> {
  const retry = {
    ...options.retry,
    nonRetryableErrorTypes: ['Effect.Conflict', ...(options.retry?.nonRetryableErrorTypes ?? [])],
  };
  const settings: ActivityOptions = { cancellationType: 'WAIT_CANCELLATION_COMPLETED', ...options, retry };
  return new Proxy(Object.create(null) as Effects<A>, {
    get: (_, name) => (typeof name === 'string' ? effectOf(name, settings) : undefined),
  });
}

function effectOf(name: string, settings: ActivityOptions): Effect<unknown, unknown> {
  const run = (call: EffectCall, input: unknown): Promise<unknown> => {
    const state = currentRun();
    const idempotencyKey = effectKeyFor(name, call, state);
    const context: EffectContext = { idempotencyKey, tenant: state.tenant, inputDigest: digestOf(input) };
    const summary = summaryLine(call.summary ?? (call.key === undefined ? name : `${name}: ${call.key}`));
    return scheduleActivity(name, [input, context], { ...settings, summary });
  };
  return Object.assign((input: unknown) => run({}, input), { with: run });
}

/** Undefined has none. */
function jsonOf(input: unknown): string {
  return input === undefined ? '' : JSON.stringify(input);
}

function digestOf(input: unknown): string {
  return sha256(jsonOf(input)).slice(0, digestCharacters);
}
