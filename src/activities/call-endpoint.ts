/**
 * One call on one endpoint under one reservation. The order of the effects is the promise:
 *
 *   hold the budget ─▶ confirm a late start ─▶ wait for it ─▶ call ─▶ journal ─▶ settle ─▶ return
 *
 * A crash before the journal may pay twice (and is counted); after it, never.
 */
import type { Reservation } from '../contracts/capacity';
import type { EndpointSettings } from '../contracts/settings';
import { HoldfastError } from '../errors/holdfast-error';
import type { Call, Claim, EndpointOutcome } from './call';
import { callProvider, hasLostSight } from './call-provider';
import { budgetExceeded, worstCaseOf } from './check-budget';
import { endpointOf, requestSizeOf } from './resolve-step';
import { endQuietly, giveBackBudget, keepAnswer, settleFailure } from './settle-call';
import { sleepUntilAborted } from './sleep';

export async function callEndpoint(call: Call, claim: Claim): Promise<EndpointOutcome> {
  const { deps } = call;
  const { reservation } = claim;
  const stop = call.keepAlive(reservation);
  let sentTo: EndpointSettings | undefined;
  try {
    const endpoint = endpointOf(deps, reservation.endpoint);
    await holdWorstCase(call, endpoint, reservation);
    if (!(await reachStart(call, claim))) {
      await giveBackBudget(call, reservation);
      return { kind: 'spent' };
    }
    deps.crashPoint('beforeCall');
    sentTo = endpoint;
    const startedAt = performance.now();
    try {
      const { answer, writer } = await callProvider(call, endpoint, claim);
      const kept = await keepAnswer({ call, claim, endpoint, answer });
      return { kind: 'answered', ...kept, ...(writer && { writer }) };
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      if (call.running.begun !== undefined && hasLostSight(error))
        return { kind: 'outOfSight', failure: error, call, claim, endpoint };
      return {
        kind: 'failed',
        failure: error,
        record: await settleFailure(call, claim, { error, endpoint, durationMs: performance.now() - startedAt }),
      };
    }
  } catch (error) {
    // Cancelled, or the store fell silent: a call that went out keeps its charge, one that did not gives it back, and one
    // that goes on at the provider is settled by whoever picks it up.
    if (call.running.begun === undefined) await endQuietly(call, reservation, sentTo);
    throw error;
  } finally {
    stop();
  }
}

/** How long a call waits for others in flight, whose worst case stands in its way, to tell what they have cost. */
const budgetPauseMs = { least: 100, most: 1_000 } as const;

async function holdWorstCase(call: Call, endpoint: EndpointSettings, { rid }: Reservation): Promise<void> {
  const { deps, input, budgets, rendered } = call;
  if (budgets.length === 0) return;
  const spend = worstCaseOf(endpoint, requestSizeOf(deps, endpoint, rendered));
  for (let pauseMs: number = budgetPauseMs.least; ; pauseMs = Math.min(pauseMs * 2, budgetPauseMs.most)) {
    const answer = await deps.budgets.hold({ rid, tenant: input.tenant, budgets, spend });
    if (answer.kind === 'held') return;
    // Nothing but promises in the way, most of which will not be kept in full: the answer is a moment away.
    const isPayable = answer.spent + answer.asked <= answer.limit;
    if (!isPayable || performance.now() + pauseMs > call.endsAtMs) throw budgetExceeded(answer);
    await sleepUntilAborted(pauseMs * (1 + deps.random()), call.signal);
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
