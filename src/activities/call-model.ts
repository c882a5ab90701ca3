/**
 * Activity `callModel`: one attempt of one call, as Temporal sees it.
 *
 *   journal hit? ─▶ give the reservation back, return the answer that was paid for before
 *   else: call ─failed─▶ another endpoint within 2 s? ─▶ hop, inside this attempt
 *                         no ─▶ transient: book attempt n + 1 and let Temporal retry at exactly that time
 *                               final: the tier is spent, the workflow decides
 */
import { Context, activityInfo } from '@temporalio/activity';
import { journalKeyOf, reservationIdOf } from '../contracts/ids';
import type { Reservation, ReserveAnswer } from '../contracts/capacity';
import type { Attempt, CallModelInput, CallModelOutput } from '../contracts/step';
import { policyOf } from '../errors/failure-types';
import { HoldfastError } from '../errors/holdfast-error';
import type { JournalEntry } from '../journal/journal';
import { backoffMs, hopCandidatesOf, leastRetryDelayMs, longestHopWaitMs, withUnrecorded } from './attempt-policy';
import { callEndpoint } from './call-endpoint';
import type { Call, Claim } from './call-endpoint';
import { outputOf, withAttempts } from './call-output';
import { keepAlive } from './keep-alive';
import type { ActivityDependencies } from './ports';
import { renderCall } from './repair';
import { reservationOf } from './reservation-of';
import { candidatesOf, digestRequest, hasEndpoint, renderRequest, requestPartsOf, requestSizeOf } from './resolve-step';
import { complexityOfRequest, overloadedFailure, routeClaim } from './route-claim';
import { sleepUntilAborted } from './sleep';
import { applicationFailureOf } from './to-application-failure';

const maxHops = 64;

export async function callModel(deps: ActivityDependencies, input: CallModelInput): Promise<CallModelOutput> {
  const { attempt } = activityInfo();
  const journalKey = journalKeyOf(input.id, input.call.requestDigest);
  const journaled = await readJournal(deps, journalKey, attempt);
  if (journaled !== undefined) {
    await releaseUnused(deps, input);
    // Of the attempts before the one that was paid for; those after it found its answer here.
    const failed = await attemptsBefore(journaled.attempt.attempt, { deps, input, journalKey });
    return outputOf({ deps, input, journalKey, entry: journaled, failed, fromJournal: true });
  }
  const call = await prepareCall(deps, input, journalKey).catch(async (error: unknown) => {
    await releaseUnused(deps, input);
    throw error;
  });
  const failed = attempt > 1 ? await attemptsBefore(attempt, { deps, input, journalKey }) : [];
  // Without a claim there is no call, but what was tried and paid for before is still told.
  const claimed = (claiming: Promise<Claim>): Promise<Claim> =>
    claiming.catch((error: unknown) => {
      throw error instanceof HoldfastError && failed.length > 0 ? withAttempts(error, failed) : error;
    });
  let claim = await claimed(firstClaim(call));
  for (;;) {
    const outcome = await callEndpoint(call, claim);
    if (outcome.kind === 'answered') {
      const fromJournal = outcome.entry.attempt.attempt !== call.attempt;
      return outputOf({ deps, input, journalKey, entry: outcome.entry, failed, fromJournal });
    }
    if (outcome.kind === 'spent') {
      claim = await claimed(claimAgain(call, claim.hop + 1));
      continue;
    }
    failed.push(outcome.record);
    const failure = withAttempts(outcome.failure, failed);
    const next = policyOf(failure.type).hop ? await claimHop(call, failed, claim.hop + 1) : undefined;
    if (next === undefined) throw await giveUp(call, failure);
    if (next === 'retryBudgetSpent') throw applicationFailureOf(failure, { final: true });
    claim = next;
  }
}

/** Attempt 1 goes on without a journal: it has not paid yet. A later one might pay again, so it waits. */
async function readJournal(
  deps: ActivityDependencies,
  key: string,
  attempt: number,
): Promise<JournalEntry | undefined> {
  try {
    return await deps.journal.get(key);
  } catch (error) {
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
  const { variables, call: plan, repair } = input;
  const parts = requestPartsOf(deps, plan, variables);
  const digest = digestRequest(parts);
  if (digest !== plan.requestDigest) {
    throw applicationFailureOf(
      new HoldfastError(
        'Llm.Internal',
        `step ${input.id.step}: prompt ${plan.prompt} (${plan.variant}) or its schema changed after this step was opened; deploy it as a new version`,
      ),
    );
  }
  const rendered = await renderCall(deps.journal, renderRequest(parts, digest), repair);
  const limitMs = info.scheduleToCloseTimeoutMs;
  // Both by the server's clock: what the attempts before this one have used.
  const earlierMs = info.currentAttemptScheduledTimestampMs - info.scheduledTimestampMs;
  return {
    deps,
    input,
    journalKey,
    rendered,
    candidates: candidatesOf(deps, plan.pool, rendered),
    attempt: info.attempt,
    signal: Context.current().cancellationSignal,
    endsAtMs: limitMs > 0 ? arrivedAtMs + limitMs - earlierMs : Number.POSITIVE_INFINITY,
    keepAlive: (reservation) =>
      // A lost renewal is made up by the next one; a lapsed lease shows when the call settles.
      keepAlive(() => void deps.store.renew(reservation).catch(() => undefined)),
  };
}

/** What this attempt was to use: the grant of its opening, or what the attempt before it has booked. */
async function releaseUnused(deps: ActivityDependencies, { id, call, grant }: CallModelInput): Promise<void> {
  const { attempt } = activityInfo();
  const { pool } = call;
  const ended: Promise<void>[] = [];
  if (attempt > 1) ended.push(deps.store.release({ rid: reservationIdOf(id, attempt, 0), pool }));
  if (grant !== undefined && hasEndpoint(deps, grant.endpoint)) {
    const reservation = reservationOf(deps, { id, pool, grant });
    // An attempt before this one may have called under it and died: what it was charged stays.
    ended.push(
      attempt === 1 ? deps.store.release(reservation) : deps.store.settle({ ...reservation, outcome: 'unknown' }),
    );
  }
  // The leases would end by themselves; the answer is what counts.
  await Promise.allSettled(ended);
}

async function firstClaim(call: Call): Promise<Claim> {
  const { deps, input } = call;
  const { id, grant } = input;
  if (call.attempt > 1 || grant === undefined) return claimAgain(call, 0);
  if (!hasEndpoint(deps, grant.endpoint)) return claimAgain(call, grant.hop + 1);
  const reservation = reservationOf(deps, { id, pool: input.call.pool, grant });
  const isOurs = grant.process === deps.process;
  return { reservation, hop: grant.hop, ...(isOurs ? { grantedAtMs: grant.receivedAtMs } : {}) };
}

/** Takes what the attempt before has booked for this one, or waits for a start. Heartbeats go on meanwhile. */
async function claimAgain(call: Call, fromHop: number): Promise<Claim> {
  const { deps, input } = call;
  const { pool, lane } = input.call;
  const maxWaitMs = deps.settings.capacity.maxWaitMs[lane];
  for (let hop = fromHop; hop < maxHops;) {
    const asked = { attempt: call.attempt, hop, maxWaitMs, isRetry: call.attempt > 1 };
    const answer = await reserve(call, asked);
    // A claim booked before a change of the config may be on an endpoint that is gone: its lease lapses.
    const isUsable = answer.kind === 'granted' && hasEndpoint(deps, answer.reservation.endpoint);
    if (isUsable) return claimOf(answer.reservation, hop);
    if (answer.kind === 'retryBudgetSpent') throw outOfRetryBudget(call);
    if (answer.kind === 'overloaded') throw overloadedFailure(pool, answer);
    if (answer.kind === 'wait') await waitInQueue(call, asked, answer);
    else hop += 1;
  }
  throw new HoldfastError('Llm.Internal', `step ${input.id.step}: ${maxHops} reservation ids in a row are spent`);
}

type Waiting = Extract<ReserveAnswer, { kind: 'wait' }>;

/** Whoever does not come back for the place leaves it, so that those behind move up. */
async function waitInQueue(call: Call, asked: Asked, { retryInMs, blockedBy }: Waiting): Promise<void> {
  const stop = keepAlive();
  try {
    if (performance.now() + retryInMs > call.endsAtMs) throw outOfTime(call, blockedBy);
    await sleepUntilAborted(retryInMs, call.signal);
  } catch (error) {
    await leave(call, asked);
    throw error;
  } finally {
    stop();
  }
}

async function claimHop(
  call: Call,
  failed: readonly Attempt[],
  fromHop: number,
): Promise<Claim | 'retryBudgetSpent' | undefined> {
  const candidates = hopCandidatesOf(call.candidates, failed, call.attempt);
  if (candidates.length === 0) return undefined;
  for (let hop = fromHop; hop < maxHops; hop++) {
    // Who does not get a start right away does not come back for one, so it takes no place in the queue.
    const asked = { attempt: call.attempt, hop, maxWaitMs: longestHopWaitMs, isRetry: true, queues: false, candidates };
    const answer = await reserve(call, asked).catch(() => undefined);
    if (answer === undefined || answer.kind === 'wait' || answer.kind === 'overloaded') return undefined;
    if (answer.kind === 'retryBudgetSpent') return 'retryBudgetSpent';
    if (answer.kind === 'granted') return claimOf(answer.reservation, hop);
  }
  return undefined;
}

/** What to throw when no endpoint is left: final, or retryable at the time booked for the next attempt. */
async function giveUp(call: Call, failure: HoldfastError): Promise<Error> {
  const { deps, input, attempt } = call;
  if (!policyOf(failure.type).retry || attempt >= input.call.maximumAttempts)
    return applicationFailureOf(failure, { final: true });
  const maxWaitMs = deps.settings.capacity.maxWaitMs[input.call.lane];
  const asked = { attempt: attempt + 1, hop: 0, maxWaitMs, isRetry: true };
  const answer = await reserve(call, asked).catch(() => undefined);
  if (answer?.kind === 'retryBudgetSpent' || answer?.kind === 'overloaded')
    return applicationFailureOf(failure, { final: true });
  const freeInMs =
    answer?.kind === 'granted' ? answer.reservation.startInMs : answer?.kind === 'wait' ? answer.retryInMs : 0;
  const delayMs = Math.max(leastRetryDelayMs, backoffMs(attempt, deps.random()), freeInMs);
  if (performance.now() + delayMs >= call.endsAtMs) {
    if (answer?.kind === 'granted' || answer?.kind === 'wait') await leave(call, asked);
    return applicationFailureOf(failure, { final: true });
  }
  return applicationFailureOf(failure, { nextRetryDelayMs: delayMs });
}

interface Asked {
  readonly attempt: number;
  readonly hop: number;
  readonly maxWaitMs: number;
  readonly isRetry: boolean;
  /** Default true. */
  readonly queues?: boolean;
  readonly candidates?: Call['candidates'];
}

async function reserve(call: Call, asked: Asked): Promise<ReserveAnswer> {
  const { input, deps, rendered } = call;
  const { pool, lane, complexity } = input.call;
  const routed = routeClaim(deps, {
    rid: reservationIdOf(input.id, asked.attempt, asked.hop),
    pool,
    candidates: asked.candidates ?? call.candidates,
    complexity: complexityOfRequest(rendered, complexity),
    sizeOn: (endpoint) => requestSizeOf(deps, endpoint, rendered),
  });
  const { maxWaitMs, isRetry, queues = true } = asked;
  const { tenant, priority } = input;
  return deps.store.reserve({ ...routed, lane, tenant, ...(priority && { priority }), maxWaitMs, isRetry, queues });
}

/** Gives a claim or a place in the queue back. One that cannot be given back ends by itself. */
async function leave({ deps, input }: Call, { attempt, hop }: Asked): Promise<void> {
  const rid = reservationIdOf(input.id, attempt, hop);
  await deps.store.release({ rid, pool: input.call.pool }).catch(() => undefined);
}

function claimOf(reservation: Reservation, hop: number): Claim {
  return { reservation, hop, grantedAtMs: performance.now() };
}

function outOfTime(call: Call, blockedBy: string): HoldfastError {
  return new HoldfastError(
    'Capacity.Timeout',
    `step ${call.input.id.step}: no capacity within the step's time, waiting for ${blockedBy}`,
    { blockedBy },
  );
}

function outOfRetryBudget(call: Call): HoldfastError {
  return new HoldfastError(
    'Capacity.Overloaded',
    `pool ${call.input.call.pool}: the retry budget of this minute is used up`,
  );
}
