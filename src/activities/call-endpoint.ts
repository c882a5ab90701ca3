/**
 * One call on one endpoint under one reservation. The order of the effects is the promise:
 *
 *   confirm a late start ─▶ wait for it ─▶ hold the budget ─▶ call ─▶ journal ─▶ settle ─▶ return
 *
 * A crash before the journal may pay twice (and is counted); after it, never.
 */
import type { Reservation } from '../contracts/capacity';
import type { EndpointSettings } from '../contracts/settings';
import { HoldfastError } from '../errors/holdfast-error';
import type { Call, Claim, EndpointOutcome } from './call';
import { callProvider } from './call-provider';
import { holdBudget, worstCaseOf } from './check-budget';
import { endpointOf, requestSizeOf } from './resolve-step';
import { endQuietly, keepAnswer, settleFailure } from './settle-call';
import { sleepUntilAborted } from './sleep';

export async function callEndpoint(call: Call, claim: Claim): Promise<EndpointOutcome> {
  const { deps } = call;
  const { reservation } = claim;
  const stop = call.keepAlive(reservation);
  let sentTo: EndpointSettings | undefined;
  try {
    const endpoint = endpointOf(deps, reservation.endpoint);
    if (!(await reachStart(call, claim))) return { kind: 'spent' };
    await holdWorstCase(call, endpoint, reservation);
    deps.crashPoint('beforeCall');
    sentTo = endpoint;
    const startedAt = performance.now();
    try {
      const { answer, writer } = await callProvider(call, endpoint, claim);
      const kept = await keepAnswer({ call, claim, endpoint, answer });
      return { kind: 'answered', ...kept, ...(writer && { writer }) };
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
    await endQuietly(call, reservation, sentTo);
    throw error;
  } finally {
    stop();
  }
}

async function holdWorstCase(
  { deps, input, budgets, rendered }: Call,
  endpoint: EndpointSettings,
  { rid }: Reservation,
): Promise<void> {
  if (budgets.length === 0) return;
  const spend = worstCaseOf(endpoint, requestSizeOf(deps, endpoint, rendered));
  await holdBudget(deps, { rid, tenant: input.tenant, budgets, spend });
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
