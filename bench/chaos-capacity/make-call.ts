/**
 * One call from wish to settlement, by the rules a step follows (call-endpoint.ts) and with nothing of its own: the same
 * rid until it is granted or given up, `confirm` for every start that is not fresh, renewal while it is held, one
 * settlement.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { settlementOf } from '../../src/activities/attempt-policy';
import type { CapacityCandidate, Reservation } from '../../src/contracts/capacity';
import type { ModelRequest } from '../../src/contracts/model';
import type { EndpointSettings } from '../../src/contracts/settings';
import { costUsd } from '../../src/contracts/usage';
import { HoldfastError } from '../../src/errors';
import { model, poolName } from './account';
import type { Wish } from './account';
import type { Holder } from './holder';
import type { Engine } from './open-engine';

export interface Caller {
  readonly engine: Engine;
  readonly holder: Holder;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Nobody waits for a start any more. */
  readonly isDraining: () => boolean;
}

/** What a caller waits for a start before the wish is forgotten: it keeps the queue of a constant overload finite. */
const patienceMs = 12_000;
/** As a step's heartbeat renews it. */
const renewEveryMs = 3_000;
/** Further ahead, a step sleeps on a timer of the server and asks again before it calls. */
const longestTrustMs = 1_000;
const storePauseMs = 500;
const timeouts = { connectMs: 5_000, firstTokenMs: 10_000, idleMs: 10_000, callMs: 20_000 };

interface Intent {
  readonly rid: string;
  readonly wish: Wish;
  readonly request: ModelRequest;
  readonly candidates: readonly CapacityCandidate[];
}

interface Claim {
  readonly reservation: Reservation;
  readonly grantedAtMs: number;
}

export async function makeCall(caller: Caller, id: string, wish: Wish): Promise<void> {
  const { holder } = caller;
  holder.counts.wished += 1;
  const givesUpAt = performance.now() + patienceMs;
  // A spent claim is followed by one under the next rid, as a step takes the next hop number.
  for (let hop = 0; ; hop += 1) {
    const intent = intentOf(caller.engine, `${id}/${hop}`, wish);
    const claim = await claimStart(caller, intent, givesUpAt);
    if (claim === 'givenUp') {
      holder.counts.givenUp += 1;
      return;
    }
    if (claim === 'spent') continue;
    if (await useClaim(caller, intent, claim)) return;
    holder.counts.spent += 1;
  }
}

/** Loads and connects what the first call of a process needs, without touching the account. */
export async function warmUp({ engine }: Pick<Caller, 'engine'>, wish: Wish): Promise<void> {
  const { request } = intentOf(engine, 'warm-up', wish);
  const call = { request, callId: 'warm-up', timeouts, signal: new AbortController().signal };
  await engine.providerOf(engine.warmUp).call(call);
}

function intentOf({ estimator, endpoints }: Engine, rid: string, wish: Wish): Intent {
  const { text, maxOutputTokens } = wish;
  const request: ModelRequest = { model, messages: [{ role: 'user', content: text }], parameters: { maxOutputTokens } };
  const estimatedInputTokens = estimator.inputTokens(request);
  const candidates = endpoints.map((endpoint): CapacityCandidate => {
    const { name, quotaGroup, limits } = endpoint;
    const cost = estimator.costOf(endpoint, estimatedInputTokens, maxOutputTokens);
    return { endpoint: name, quotaGroup, limits, cost };
  });
  return { rid, wish, request, candidates };
}

async function claimStart(
  { engine, holder, random, isDraining }: Caller,
  { rid, wish, candidates }: Intent,
  givesUpAt: number,
): Promise<Claim | 'spent' | 'givenUp'> {
  const { store, settings } = engine;
  const { lane, tenant } = wish;
  const maxWaitMs = settings.capacity.maxWaitMs[lane];
  for (;;) {
    const answer = await holder.ask(() => store.reserve({ rid, pool: poolName, candidates, lane, tenant, maxWaitMs }));
    if (answer?.kind === 'granted') return { reservation: answer.reservation, grantedAtMs: performance.now() };
    if (answer?.kind === 'spent') return 'spent';
    if (answer?.kind === 'overloaded') holder.counts.overloaded += 1;
    const againInMs = answer?.kind === 'wait' ? answer.retryInMs : storePauseMs * (0.5 + random());
    const isPatient = !isDraining() && performance.now() + againInMs <= givesUpAt;
    if (answer?.kind === 'overloaded' || !isPatient) {
      // Also when nobody answered: what was asked may have been done.
      await holder.ask(() => store.release({ rid, pool: poolName }));
      return 'givenUp';
    }
    await sleep(againInMs);
  }
}

/** False when the claim was spent before it was used: nothing was sent. */
async function useClaim(caller: Caller, intent: Intent, claim: Claim): Promise<boolean> {
  const { engine, holder } = caller;
  const { reservation } = claim;
  const { endpoint } = reservation;
  holder.claim(endpoint, { booked: 1 });
  const renewal = setInterval(() => {
    void holder
      .ask(() => engine.store.renew(reservation))
      .then((isStanding) => void (holder.counts.renewalsLost += isStanding === false ? 1 : 0));
  }, renewEveryMs);
  try {
    if (!(await waitForStart(caller, claim))) {
      holder.claim(endpoint, { booked: -1 });
      return false;
    }
    holder.claim(endpoint, { booked: -1, started: 1 });
    await callAndSettle(caller, intent, reservation);
    holder.claim(endpoint, { started: -1 });
    return true;
  } finally {
    clearInterval(renewal);
  }
}

/** Resolves when the call may go out, false when it may not. A process that was stopped meanwhile asks again. */
async function waitForStart({ engine, holder }: Caller, { reservation, grantedAtMs }: Claim): Promise<boolean> {
  const { jitterMs } = engine.settings.capacity;
  let startsAt = grantedAtMs + reservation.startInMs;
  let isFresh = reservation.startInMs <= longestTrustMs;
  if (!isFresh) await sleep(Math.max(0, startsAt - performance.now() - jitterMs));
  for (;;) {
    if (isFresh) {
      await sleepUntil(startsAt);
      if (performance.now() - startsAt <= jitterMs) return true;
      holder.counts.late += 1;
    }
    holder.counts.confirmed += 1;
    const answer = await holder.ask(() => engine.store.confirm(reservation));
    if (answer === undefined) await sleep(storePauseMs);
    else if (answer.kind === 'spent') return false;
    startsAt = performance.now() + (answer?.startInMs ?? 0);
    isFresh = answer !== undefined;
  }
}

async function sleepUntil(atMs: number): Promise<void> {
  // Timers fire up to a millisecond early.
  while (performance.now() < atMs) await sleep(Math.ceil(atMs - performance.now()));
}

async function callAndSettle({ engine, holder }: Caller, intent: Intent, reservation: Reservation): Promise<void> {
  const { store, estimator } = engine;
  const { request, wish } = intent;
  const endpoint = engine.settings.endpoints[reservation.endpoint] as EndpointSettings;
  const { rid, pool, quotaGroup } = reservation;
  holder.counts.sent += 1;
  const startedAt = performance.now();
  try {
    const call = { request, callId: rid, timeouts, signal: new AbortController().signal };
    const { usage, limits, durationMs } = await engine.providerOf(endpoint).call(call);
    holder.counts.answered += 1;
    const actual = estimator.chargedOf(endpoint, usage, wish.maxOutputTokens);
    const known = { actual, latencyMs: durationMs, costUsd: costUsd(usage, endpoint.price), ...(limits && { limits }) };
    const place = { rid, pool, endpoint: endpoint.name, quotaGroup };
    await holder.ask(() => store.settle({ ...place, outcome: 'succeeded', ...known }));
    estimator.learn(endpoint, { request, usage });
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    holder.fail(error.type);
    const latencyMs = Math.round(performance.now() - startedAt);
    await holder.ask(() => store.settle(settlementOf(reservation, error, { latencyMs })));
  }
}
