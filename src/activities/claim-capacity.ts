/** How a call comes to a reservation: its opening's, one booked by the attempt before, another endpoint's, a later one. */
import { reservationIdOf } from '../contracts/ids';
import { isBreaker } from '../contracts/capacity';
import type { Reservation, ReserveAnswer } from '../contracts/capacity';
import type { Attempt } from '../contracts/step';
import { policyOf } from '../errors/failure-types';
import { HoldfastError } from '../errors/holdfast-error';
import { backoffMs, hopCandidatesOf, leastRetryDelayMs, longestHopWaitMs } from './attempt-policy';
import type { Call, Claim } from './call';
import { keepAlive } from './keep-alive';
import { reservationOf } from './reservation-of';
import { hasEndpoint, requestSizeOf } from './resolve-step';
import { complexityOfRequest, overloadedFailure, routeClaim } from './route-claim';
import { sleepUntilAborted } from './sleep';
import { applicationFailureOf } from './to-application-failure';

const maxHops = 64;

export async function firstClaim(call: Call): Promise<Claim> {
  const { deps, input } = call;
  const { id, grant } = input;
  if (call.attempt > 1 || grant === undefined) return claimAgain(call, 0);
  if (!hasEndpoint(deps, grant.endpoint)) return claimAgain(call, grant.hop + 1);
  const reservation = reservationOf(deps, { id, pool: input.call.pool, grant });
  const isOurs = grant.process === deps.process;
  return { reservation, hop: grant.hop, ...(isOurs ? { grantedAtMs: grant.receivedAtMs } : {}) };
}

/** Takes what the attempt before has booked for this one, or waits for a start. Heartbeats go on meanwhile. */
export async function claimAgain(call: Call, fromHop: number): Promise<Claim> {
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
    if (call.input.call.leavesBreaker === true && isBreaker(blockedBy)) throw behindBreaker(call, blockedBy);
    await sleepUntilAborted(retryInMs, call.signal);
  } catch (error) {
    await leave(call, asked);
    throw error;
  } finally {
    stop();
  }
}

export async function claimHop(
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
export async function giveUp(call: Call, failure: HoldfastError): Promise<Error> {
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

function behindBreaker(call: Call, blockedBy: string): HoldfastError {
  const told = `step ${call.input.id.step}: not waiting for the ${blockedBy}, as there is another model`;
  return new HoldfastError('Capacity.Timeout', told, { blockedBy });
}

function outOfRetryBudget(call: Call): HoldfastError {
  return new HoldfastError(
    'Capacity.Overloaded',
    `pool ${call.input.call.pool}: the retry budget of this minute is used up`,
  );
}
