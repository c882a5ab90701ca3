/**
 * Activity `callModel`: one attempt of one call, as Temporal sees it.
 *
 *   journal hit? ─▶ give the reservation back, return the answer that was paid for before
 *   else: call ─failed─▶ another endpoint within 2 s? ─▶ hop, inside this attempt
 *                         no ─▶ transient: book attempt n + 1 and let Temporal retry at exactly that time
 *                               final: the tier is spent, the workflow decides
 */
import { Context, activityInfo, log } from '@temporalio/activity';
import { journalKeyOf, reservationIdOf } from '../contracts/ids';
import type { Attempt, CallModelInput, CallModelOutput } from '../contracts/step';
import { policyOf } from '../errors/failure-types';
import { HoldfastError } from '../errors/holdfast-error';
import type { JournalEntry } from '../journal/journal';
import type { StandingAnswer } from '../journal/stream-log';
import { backoffMs, leastRetryDelayMs, toldOnce, withUnrecorded } from './attempt-policy';
import { askingOf, digestQuestion, digestRequest, renderRequest, requestPartsOf } from './build-request';
import { callEndpoint } from './call-endpoint';
import type { Call, EndpointOutcome } from './call';
import { outputOf, withAttempts } from './call-output';
import { endRunning } from './call-provider';
import { budgetsOf } from './check-budget';
import { claimAgain, claimHop, firstClaim, giveUp } from './claim-capacity';
import { keepAlive } from './keep-alive';
import type { ActivityDependencies } from './ports';
import { renderCall } from './render-call';
import { reservationOf } from './reservation-of';
import { candidatesOf, hasEndpoint } from './resolve-step';
import { resumeCall } from './resume-call';
import { settleFailure, spend } from './settle-call';
import { stampOf, streamIdOf } from './stream-id';
import { applicationFailureOf } from './to-application-failure';

export async function callModel(deps: ActivityDependencies, input: CallModelInput): Promise<CallModelOutput> {
  const { attempt } = activityInfo();
  const journalKey = journalKeyOf(input.id, input.call.requestDigest);
  const journaled = await readJournal({ deps, input, journalKey });
  if (journaled !== undefined) return answerFromJournal({ deps, input, journalKey }, journaled);
  const call = await prepareCall(deps, input, journalKey).catch(async (error: unknown) => {
    await releaseUnused(deps, input);
    throw error;
  });
  const failed = attempt > 1 ? await attemptsBefore(attempt, call) : [];
  const resumed = await resumeCall(call).catch(async (error: unknown) => {
    await releaseUnused(deps, input);
    throw error;
  });
  if (resumed.kind === 'outOfSight') throw await lookAgainLater(resumed, failed);
  if (resumed.kind === 'answered') {
    await releaseUnused(deps, input, resumed.entry.attempt);
    return finish(call, resumed, failed);
  }
  if (resumed.kind === 'failed') {
    failed.push(resumed.record);
    const { hop, retry } = policyOf(resumed.failure.type);
    // A refusal is not taken elsewhere because it was heard of late.
    if (!hop && !retry) {
      await releaseUnused(deps, input);
      throw applicationFailureOf(withAttempts(resumed.failure, toldOnce(failed)), { final: true });
    }
  }
  return buy(call, failed);
}

/** Calls until an endpoint has answered, or none is left to be asked in this attempt. */
async function buy(call: Call, failed: Attempt[]): Promise<CallModelOutput> {
  // Without a claim there is no call, but what was tried and paid for before is still told.
  const telling = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw error instanceof HoldfastError && failed.length > 0 ? withAttempts(error, toldOnce(failed)) : error;
    });
  let claim = await telling(firstClaim(call));
  for (;;) {
    const outcome = await telling(callEndpoint(call, claim));
    if (outcome.kind === 'answered') return finish(call, outcome, failed);
    if (outcome.kind === 'spent') {
      claim = await telling(claimAgain(call, claim.hop + 1));
      continue;
    }
    // A call that goes on at the provider is not bought elsewhere: the next attempt looks for it first.
    if (outcome.kind === 'outOfSight') throw await lookAgainLater(outcome, failed);
    failed.push(outcome.record);
    const failure = withAttempts(outcome.failure, toldOnce(failed));
    const next = policyOf(failure.type).hop ? await claimHop(call, failed, claim.hop + 1) : undefined;
    if (next === undefined) throw await giveUp(call, failure);
    if (next === 'retryBudgetSpent') throw applicationFailureOf(failure, { final: true });
    claim = next;
  }
}

type AnsweredOutcome = Extract<EndpointOutcome, { kind: 'answered' }>;

/** The answer as the step's result, and the end of its stream: a reader is told only of an answer that is good. */
async function finish(
  call: Call,
  { entry, writer, wasted }: AnsweredOutcome,
  failed: readonly Attempt[],
): Promise<CallModelOutput> {
  const { deps, input, journalKey } = call;
  const { attempt } = activityInfo();
  const fromJournal = entry.attempt.attempt !== attempt;
  try {
    const others = toldOnce([...failed, ...(wasted === undefined ? [] : [wasted])], entry.attempt);
    const output = outputOf({ deps, input, journalKey, entry, failed: others, fromJournal });
    if (output.toolCalls === undefined) {
      await writer?.end(standingOf(input, entry));
      await cacheAnswer(call, entry, output);
    }
    return output;
  } finally {
    await writer?.stop();
  }
}

/** It was paid for before. Whoever follows the step may not have seen all of it. */
async function answerFromJournal(recorded: Recorded, entry: JournalEntry): Promise<CallModelOutput> {
  const { deps, input, journalKey } = recorded;
  await releaseUnused(deps, input);
  // Of the attempts before the one that was paid for; those after it found its answer here.
  const failed = await attemptsBefore(entry.attempt.attempt, recorded);
  await settleBudget(recorded, entry);
  const output = outputOf({ deps, input, journalKey, entry, failed, fromJournal: true });
  if (input.call.stream === true && output.toolCalls === undefined) {
    const stamp = stampOf(input.id, { attempt: activityInfo().attempt, hop: 0 });
    await deps.streams.open(streamIdOf(input.id), stamp, entry.endpoint).end(standingOf(input, entry));
  }
  return output;
}

function standingOf({ id: { callIndex } }: CallModelInput, { attempt, endpoint, text }: JournalEntry): StandingAnswer {
  const { tier, hop } = attempt;
  return { stamp: { tier, callIndex, attempt: attempt.attempt, hop }, endpoint, text };
}

/** The process that was answered may have died before it settled: what it still holds is replaced, nothing is added. */
async function settleBudget({ deps, input }: Recorded, { attempt, usage, costUsd }: JournalEntry): Promise<void> {
  const rid = reservationIdOf(input.id, attempt.attempt, attempt.hop);
  const call = { deps, input, budgets: budgetsOf(deps, input) };
  await spend(call, { rid }, { usage, costUsd, isHeldOnly: true });
}

/** Kept for the cached tier: whole, checked, asked of the best model, and no tool told it what may change. */
async function cacheAnswer(
  { deps, input }: Call,
  entry: JournalEntry,
  { value, model }: CallModelOutput,
): Promise<void> {
  const { call, tenant, extras } = input;
  if (call.cacheMs === undefined || entry.finishReason !== 'stop' || extras?.toolRounds !== undefined) return;
  const key = digestQuestion(deps, call, askingOf(input));
  const answer = { value, model, endpoint: entry.endpoint };
  await deps.answers.put(tenant, key, { answer, keepMs: call.cacheMs }).catch((error: unknown) => {
    log.warn('an answer could not be kept for the cached tier', { error: String(error) });
  });
}

type OutOfSight = Extract<EndpointOutcome, { kind: 'outOfSight' }>;

/** The next attempt looks for the call first; where there is none, it is ended at the provider and counts as it can. */
async function lookAgainLater(
  { call, claim, endpoint, failure }: OutOfSight,
  failed: readonly Attempt[],
): Promise<Error> {
  const { deps, input, endsAtMs } = call;
  const { attempt } = activityInfo();
  const delayMs = Math.max(leastRetryDelayMs, backoffMs(attempt, deps.random()));
  if (attempt < input.call.maximumAttempts && performance.now() + delayMs < endsAtMs)
    return applicationFailureOf(withAttempts(failure, toldOnce(failed)), { nextRetryDelayMs: delayMs });
  await endRunning(call, endpoint, claim);
  const record = await settleFailure(call, claim, { error: failure, endpoint, durationMs: 0 });
  return applicationFailureOf(withAttempts(failure, toldOnce([...failed, record])), { final: true });
}

/** Attempt 1 goes on without a journal: it has not paid yet. A later one might pay again, so it waits. */
async function readJournal({ deps, input, journalKey }: Recorded): Promise<JournalEntry | undefined> {
  const { attempt } = activityInfo();
  try {
    return await deps.journal.get(journalKey);
  } catch (error) {
    // There is an answer, and it was paid for.
    if (error instanceof HoldfastError && error.type === 'Journal.Unreadable') {
      await releaseUnused(deps, input);
      throw error;
    }
    if (attempt === 1 || !(error instanceof HoldfastError)) return undefined;
    throw applicationFailureOf(error, { nextRetryDelayMs: backoffMs(attempt, deps.random()) });
  }
}

interface Recorded {
  readonly deps: ActivityDependencies;
  readonly input: CallModelInput;
  readonly journalKey: string;
}

async function attemptsBefore(attempt: number, { deps, input, journalKey }: Recorded): Promise<Attempt[]> {
  const recorded = await deps.journal.attempts(journalKey).catch(() => []);
  return withUnrecorded(recorded, { tier: input.id.tier, attempt, endpoint: input.grant?.endpoint ?? '' });
}

async function prepareCall(deps: ActivityDependencies, input: CallModelInput, journalKey: string): Promise<Call> {
  const info = activityInfo();
  const arrivedAtMs = performance.now();
  const { call: plan } = input;
  const parts = requestPartsOf(deps, plan, askingOf(input));
  const digest = digestRequest(parts);
  if (digest !== plan.requestDigest) {
    throw applicationFailureOf(
      new HoldfastError(
        'Llm.Internal',
        `step ${input.id.step}: prompt ${plan.prompt} (${plan.variant}) or its schema changed after this step was opened; deploy it as a new version`,
      ),
    );
  }
  const rendered = await renderCall(deps.journal, renderRequest(parts, digest), input);
  const limitMs = info.scheduleToCloseTimeoutMs;
  // Both by the server's clock: what the attempts before this one have used.
  const earlierMs = info.currentAttemptScheduledTimestampMs - info.scheduledTimestampMs;
  return {
    deps,
    input,
    journalKey,
    rendered,
    candidates: candidatesOf(deps, plan.pool, rendered),
    budgets: budgetsOf(deps, input),
    attempt: info.attempt,
    running: {},
    signal: Context.current().cancellationSignal,
    endsAtMs: limitMs > 0 ? arrivedAtMs + limitMs - earlierMs - tellingMs(limitMs) : Number.POSITIVE_INFINITY,
    keepAlive: (reservation) =>
      // A lost renewal is made up by the next one; a lapsed lease shows when the call settles.
      keepAlive(() => void deps.store.renew(reservation).catch(() => undefined)),
  };
}

/**
 * What an attempt leaves of its time for keeping and telling how it ended. The server's timer began when the attempt was
 * scheduled, ours when it arrived: whoever uses all of it is heard no more, and what was paid for is lost to the run.
 */
function tellingMs(limitMs: number): number {
  return Math.min(250, limitMs / 10);
}

/**
 * What this attempt was to use: the grant of its opening, or what the attempt before it has booked. All but what
 * `settled` was made under: that has told its own end.
 */
async function releaseUnused(
  deps: ActivityDependencies,
  { id, call, grant }: CallModelInput,
  settled?: Pick<Attempt, 'attempt' | 'hop'>,
): Promise<void> {
  const { attempt } = activityInfo();
  const { pool } = call;
  const ended: Promise<void>[] = [];
  if (attempt > 1) ended.push(deps.store.release({ rid: reservationIdOf(id, attempt, 0), pool }));
  const isSettled = settled?.attempt === 1 && settled.hop === grant?.hop;
  if (grant !== undefined && !isSettled && hasEndpoint(deps, grant.endpoint)) {
    const reservation = reservationOf(deps, { id, pool, grant });
    // An attempt before this one may have called under it and died: what it was charged stays.
    ended.push(
      attempt === 1 ? deps.store.release(reservation) : deps.store.settle({ ...reservation, outcome: 'unknown' }),
    );
  }
  // The leases would end by themselves; the answer is what counts.
  await Promise.allSettled(ended);
}
