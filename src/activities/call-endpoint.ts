/**
 * One call on one endpoint under one reservation. The order of the effects is the promise:
 *
 *   confirm a late start ─▶ wait for it ─▶ call ─▶ journal ─▶ settle ─▶ return
 *
 * A crash before the journal may pay twice (and is counted); after it, never.
 */
import { log } from '@temporalio/activity';
import type { CapacityCandidate, CapacityCost, Reservation } from '../contracts/capacity';
import type { ModelAnswer } from '../contracts/model';
import type { EndpointSettings } from '../contracts/settings';
import type { Attempt, CallModelInput } from '../contracts/step';
import { costUsd } from '../contracts/usage';
import type { Usage } from '../contracts/usage';
import { HoldfastError } from '../errors/holdfast-error';
import type { JournalEntry } from '../journal/journal';
import { settlementOf, successOf } from './attempt-policy';
import type { ActivityDependencies } from './ports';
import { endpointOf, requestFor } from './resolve-step';
import type { RenderedRequest } from './resolve-step';
import { sleepUntilAborted } from './sleep';

/** Everything the hops of one attempt share. */
export interface Call {
  readonly deps: ActivityDependencies;
  readonly input: CallModelInput;
  readonly journalKey: string;
  readonly rendered: RenderedRequest;
  readonly candidates: readonly CapacityCandidate[];
  readonly attempt: number;
  readonly signal: AbortSignal;
  /** `performance.now()` by which the activity must have ended: the wall clock may be minutes off the server's. */
  readonly endsAtMs: number;
  /** Keeps the activity and a reservation alive until the returned function is called. */
  readonly keepAlive: (reservation: Reservation) => () => void;
}

/** A reservation and how it came: grants of this very process need no confirmation while they are fresh. */
export interface Claim {
  readonly reservation: Reservation;
  readonly hop: number;
  /** `performance.now()` when the grant arrived in this process; absent when it arrived in another. */
  readonly grantedAtMs?: number;
}

export type EndpointOutcome =
  | { readonly kind: 'answered'; readonly entry: JournalEntry }
  /** The reservation lapsed before it was used: nothing was sent. */
  | { readonly kind: 'spent' }
  | { readonly kind: 'failed'; readonly failure: HoldfastError; readonly record: Attempt };

export async function callEndpoint(call: Call, claim: Claim): Promise<EndpointOutcome> {
  const { deps } = call;
  const { reservation } = claim;
  const stop = call.keepAlive(reservation);
  let sent = false;
  try {
    const endpoint = endpointOf(deps, reservation.endpoint);
    if (!(await reachStart(call, claim))) return { kind: 'spent' };
    deps.crashPoint('beforeCall');
    sent = true;
    const startedAt = performance.now();
    try {
      const answer = await callProvider(call, endpoint, reservation);
      return { kind: 'answered', entry: await keepAnswer({ call, claim, endpoint, answer }) };
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      return {
        kind: 'failed',
        failure: error,
        record: await settleFailure(call, claim, { error, endpoint, durationMs: performance.now() - startedAt }),
      };
    }
  } catch (error) {
    // Cancelled, or the store fell silent: a call that went out keeps its charge, one that did not gives it back.
    await endQuietly(call, reservation, sent);
    throw error;
  } finally {
    stop();
  }
}

/** A start further ahead may have been overtaken by a pause of the endpoint, so it is confirmed in any case. */
const longestTrustMs = 1_000;

/** Being late this often in a row is no chance: a process that cannot keep its times goes on as it can. */
const mostLateStarts = 3;

/** Waits for the start; when this process comes to it too late, for the one it gets then. False = the claim is spent. */
async function reachStart(call: Call, claim: Claim): Promise<boolean> {
  let startInMs = await startOf(call, claim);
  for (let late = 0; startInMs !== 'spent'; late++) {
    const startsAtMs = performance.now() + startInMs;
    await sleepUntilAborted(startInMs, call.signal);
    const isLate = performance.now() - startsAtMs > call.deps.settings.capacity.jitterMs;
    if (!isLate || late === mostLateStarts) return true;
    startInMs = await confirmedStart(call, claim.reservation);
  }
  return false;
}

async function startOf(call: Call, { reservation, grantedAtMs }: Claim): Promise<number | 'spent'> {
  const { settings } = call.deps;
  if (grantedAtMs !== undefined && reservation.startInMs <= longestTrustMs) {
    const leftMs = reservation.startInMs - (performance.now() - grantedAtMs);
    if (leftMs >= -settings.capacity.jitterMs) return leftMs;
  }
  return confirmedStart(call, reservation);
}

async function confirmedStart(call: Call, reservation: Reservation): Promise<number | 'spent'> {
  const answer = await call.deps.store.confirm(reservation);
  return answer.kind === 'spent' ? 'spent' : answer.startInMs;
}

function callProvider(call: Call, endpoint: EndpointSettings, reservation: Reservation): Promise<ModelAnswer> {
  const { deps, input } = call;
  const { timeouts } = input.call;
  const leftMs = Math.max(1, call.endsAtMs - performance.now());
  let first = true;
  return deps.providerOf(endpoint).call({
    request: requestFor(call.rendered, endpoint),
    callId: reservation.rid,
    timeouts: { ...timeouts, callMs: Math.min(timeouts.callMs, leftMs) },
    signal: call.signal,
    onText: () => {
      if (first) deps.crashPoint('inFlight');
      first = false;
    },
  });
}

async function keepAnswer(kept: Kept): Promise<JournalEntry> {
  const { call, claim, endpoint, answer } = kept;
  const { deps } = call;
  const entry = entryOf(kept);
  deps.crashPoint('beforeJournal');
  // Paid for: returned even when the journal cannot keep it, because history is the second copy.
  const standing = await deps.journal.put(call.journalKey, entry).catch((error: unknown) => {
    log.error('the journal could not keep a paid answer', { journalKey: call.journalKey, error: String(error) });
    return entry;
  });
  deps.crashPoint('beforeSettle');
  const { reservation } = claim;
  const paid = { actual: chargedOf(call, endpoint, answer.usage), costUsd: entry.costUsd };
  await deps.store
    .settle(successOf(reservation, answer, paid))
    .catch((error: unknown) => warnUnsettled(reservation.rid, error));
  deps.crashPoint('afterSettle');
  // Asked again, which costs nothing: what was estimated before the call may hold a ratio that is history by now.
  const estimatedInputTokens = deps.estimator.inputTokens(requestFor(call.rendered, endpoint));
  deps.estimator.learn(endpoint, { estimatedInputTokens, usage: answer.usage });
  log.info('model answered', {
    step: call.input.id.step,
    endpoint: endpoint.name,
    reservationId: reservation.rid,
    inputTokens: answer.usage.inputTokens,
    outputTokens: answer.usage.outputTokens,
    firstTokenMs: answer.firstTokenMs,
    durationMs: entry.attempt.durationMs,
  });
  return standing;
}

interface Kept {
  readonly call: Call;
  readonly claim: Claim;
  readonly endpoint: EndpointSettings;
  readonly answer: ModelAnswer;
}

function entryOf({ call, claim, endpoint, answer }: Kept): JournalEntry {
  const { text, finishReason, usage, model } = answer;
  const cost = costUsd(usage, endpoint.price);
  const attempt: Attempt = {
    ...placeOf(call, claim),
    outcome: 'succeeded',
    usage,
    costUsd: cost,
    durationMs: Math.round(answer.durationMs),
  };
  return { text, finishReason, usage, model, costUsd: cost, endpoint: endpoint.name, attempt };
}

async function settleFailure(
  call: Call,
  claim: Claim,
  failed: { error: HoldfastError; endpoint: EndpointSettings; durationMs: number },
): Promise<Attempt> {
  const { error, endpoint } = failed;
  const { status, usage } = error.details;
  const durationMs = Math.round(failed.durationMs);
  const actual = usage === undefined ? {} : { actual: chargedOf(call, endpoint, usage) };
  await call.deps.store
    .settle(settlementOf(claim.reservation, error, { ...actual, latencyMs: durationMs }))
    .catch((e: unknown) => warnUnsettled(claim.reservation.rid, e));
  const record: Attempt = {
    ...placeOf(call, claim),
    outcome: error.type,
    ...(status === undefined ? {} : { status }),
    ...(usage === undefined ? {} : { usage, costUsd: costUsd(usage, endpoint.price) }),
    durationMs,
  };
  // Losing this record may cost one more hop, never a wrong result.
  await call.deps.journal.recordAttempt(call.journalKey, record).catch(() => undefined);
  log.warn('model call failed', {
    step: call.input.id.step,
    reservationId: claim.reservation.rid,
    endpoint: endpoint.name,
    failure: error.type,
    status,
    message: error.message,
  });
  return record;
}

function chargedOf(call: Call, endpoint: EndpointSettings, usage: Usage): CapacityCost {
  return call.deps.estimator.chargedOf(endpoint, usage, call.input.call.parameters.maxOutputTokens);
}

function placeOf(call: Call, claim: Claim): Pick<Attempt, 'tier' | 'attempt' | 'hop' | 'endpoint'> {
  return { tier: call.input.id.tier, attempt: call.attempt, hop: claim.hop, endpoint: claim.reservation.endpoint };
}

async function endQuietly(call: Call, reservation: Reservation, sent: boolean): Promise<void> {
  const { rid, pool, endpoint, quotaGroup } = reservation;
  const { store } = call.deps;
  const ended = sent
    ? store.settle({ rid, pool, endpoint, quotaGroup, outcome: 'unknown' })
    : store.release(reservation);
  await ended.catch((error: unknown) => warnUnsettled(rid, error));
}

/** The lease ends by itself and the estimate stays charged: late, but never wrong. */
function warnUnsettled(rid: string, error: unknown): void {
  log.warn('a reservation could not be settled and will lapse', { reservationId: rid, error: String(error) });
}
