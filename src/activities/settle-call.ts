/** What a call that is over leaves behind: in the journal, in the capacity store, in the budgets it was paid from. */
import { log } from '@temporalio/activity';
import type { CapacityCost, Reservation } from '../contracts/capacity';
import type { ModelAnswer } from '../contracts/model';
import type { EndpointSettings } from '../contracts/settings';
import type { Attempt } from '../contracts/step';
import { costUsd, priceAt } from '../contracts/usage';
import type { Usage } from '../contracts/usage';
import { policyOf } from '../errors/failure-types';
import type { HoldfastError } from '../errors/holdfast-error';
import type { JournalEntry } from '../journal/journal';
import { settlementOf, successOf } from './attempt-policy';
import { requestFor } from './build-request';
import type { Call, Claim } from './call';
import { spendOf, worstCaseOf } from './check-budget';
import { requestSizeOf } from './resolve-step';

interface Answered {
  readonly call: Call;
  readonly claim: Claim;
  readonly endpoint: EndpointSettings;
  readonly answer: ModelAnswer;
}

interface Kept {
  /** What stands now: ours, or the answer of another attempt that was kept before. */
  readonly entry: JournalEntry;
  /** Then ours was paid for in vain. */
  readonly wasted?: Attempt;
}

/** Journal, then settle. */
export async function keepAnswer(answered: Answered): Promise<Kept> {
  const { call, claim, endpoint, answer } = answered;
  const { deps } = call;
  const entry = entryOf(answered);
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
  await spend(call, reservation, { usage: answer.usage, costUsd: entry.costUsd });
  deps.crashPoint('afterSettle');
  // Two that followed the same call to its end have paid for one.
  const isOurs = placeText(standing) === placeText(entry);
  const wasted = isOurs ? undefined : await countWaste(call, entry);
  deps.estimator.learn(endpoint, { request: requestFor(call.rendered, endpoint), usage: answer.usage });
  log.info('model answered', {
    step: call.input.id.step,
    endpoint: endpoint.name,
    reservationId: reservation.rid,
    inputTokens: answer.usage.inputTokens,
    outputTokens: answer.usage.outputTokens,
    firstTokenMs: answer.firstTokenMs,
    durationMs: entry.attempt.durationMs,
  });
  return { entry: standing, ...(wasted && { wasted }) };
}

function entryOf({ call, claim, endpoint, answer }: Answered): JournalEntry {
  const { text, toolCalls, carried, finishReason, usage, model } = answer;
  const cost = costUsd(usage, priceAt(endpoint, Date.now()));
  const attempt: Attempt = {
    ...placeOf(call, claim),
    outcome: 'succeeded',
    usage,
    costUsd: cost,
    durationMs: Math.round(answer.durationMs),
  };
  const said = { text, ...(toolCalls && { toolCalls }), ...(carried && { carried }), finishReason };
  return { ...said, usage, model, costUsd: cost, endpoint: endpoint.name, attempt };
}

function placeText({ attempt }: JournalEntry): string {
  return `${attempt.attempt}/${attempt.hop}/${attempt.endpoint}`;
}

/** Two attempts of one call were answered: the second answer was paid for in vain, and the result says so. */
async function countWaste(call: Call, { attempt }: JournalEntry): Promise<Attempt> {
  log.warn('an answer was paid for twice: another attempt of this call had been answered before', {
    step: call.input.id.step,
    endpoint: attempt.endpoint,
    attempt: attempt.attempt,
    usage: attempt.usage,
    costUsd: attempt.costUsd,
  });
  const wasted: Attempt = { ...attempt, outcome: 'wasted' };
  await call.deps.journal.recordAttempt(call.journalKey, wasted).catch(() => undefined);
  return wasted;
}

export async function settleFailure(
  call: Call,
  claim: Claim,
  failed: { error: HoldfastError; endpoint: EndpointSettings; durationMs: number },
): Promise<Attempt> {
  const { error, endpoint } = failed;
  const { status, usage } = error.details;
  const { reservation } = claim;
  const durationMs = Math.round(failed.durationMs);
  const actual = usage === undefined ? {} : { actual: chargedOf(call, endpoint, usage) };
  const cost = usage === undefined ? undefined : costUsd(usage, priceAt(endpoint, Date.now()));
  await call.deps.store
    .settle(settlementOf(reservation, error, { ...actual, latencyMs: durationMs }))
    .catch((e: unknown) => warnUnsettled(reservation.rid, e));
  if (usage !== undefined && cost !== undefined) await spend(call, reservation, { usage, costUsd: cost });
  else if (policyOf(error.type).outcome === 'unknown' && !wasNeverSent(error))
    await spendWorstCase(call, reservation, endpoint);
  else await giveBackBudget(call, reservation);
  const record: Attempt = {
    ...placeOf(call, claim),
    outcome: error.type,
    ...(status === undefined ? {} : { status }),
    ...(usage === undefined || cost === undefined ? {} : { usage, costUsd: cost }),
    durationMs,
  };
  // Losing this record may cost one more hop, never a wrong result.
  await call.deps.journal.recordAttempt(call.journalKey, record).catch(() => undefined);
  log.warn('model call failed', {
    step: call.input.id.step,
    reservationId: reservation.rid,
    endpoint: endpoint.name,
    failure: error.type,
    status,
    message: error.message,
  });
  return record;
}

/** No connection, no request, no charge. */
const unsentCodes = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

export function wasNeverSent({ details: { timer, code = '' } }: HoldfastError): boolean {
  return timer === 'connect' || unsentCodes.includes(code);
}

/** A call that ends without a verdict of its own: one that went out keeps its charge, one that did not gives it back. */
export async function endQuietly(
  call: Call,
  reservation: Reservation,
  sentTo: EndpointSettings | undefined,
): Promise<void> {
  const { rid, pool, endpoint, quotaGroup } = reservation;
  const { store } = call.deps;
  const ended =
    sentTo === undefined
      ? store.release(reservation)
      : store.settle({ rid, pool, endpoint, quotaGroup, outcome: 'unknown' });
  await ended.catch((error: unknown) => warnUnsettled(rid, error));
  await (sentTo === undefined ? giveBackBudget(call, reservation) : spendWorstCase(call, reservation, sentTo));
}

/** Also of an attempt whose process died between the journal and this: once per reservation, whoever says it. */
export async function spend(
  { deps, input, budgets }: Pick<Call, 'deps' | 'input' | 'budgets'>,
  { rid }: Pick<Reservation, 'rid'>,
  { usage, costUsd: cost, isHeldOnly = false }: { usage: Usage; costUsd: number; isHeldOnly?: boolean },
): Promise<void> {
  if (budgets.length === 0) return;
  const { tenant } = input;
  const settlement = { rid, tenant, budgets, spend: spendOf(usage, cost) };
  await deps.budgets.settle(settlement, { isHeldOnly }).catch(warnUnspent(rid));
}

async function spendWorstCase(call: Call, { rid }: Reservation, endpoint: EndpointSettings): Promise<void> {
  const { budgets, input } = call;
  if (budgets.length === 0) return;
  const worst = worstCaseOf(endpoint, requestSizeOf(call.deps, endpoint, call.rendered));
  await call.deps.budgets.settle({ rid, tenant: input.tenant, budgets, spend: worst }).catch(warnUnspent(rid));
}

export async function giveBackBudget(call: Call, { rid }: Reservation): Promise<void> {
  if (call.budgets.length === 0) return;
  await call.deps.budgets.release({ rid, tenant: call.input.tenant }).catch(warnUnspent(rid));
}

function chargedOf(call: Call, endpoint: EndpointSettings, usage: Usage): CapacityCost {
  return call.deps.estimator.chargedOf(endpoint, usage, call.input.call.parameters.maxOutputTokens);
}

function placeOf(call: Call, claim: Claim): Pick<Attempt, 'tier' | 'attempt' | 'hop' | 'endpoint'> {
  return { tier: call.input.id.tier, attempt: call.attempt, hop: claim.hop, endpoint: claim.reservation.endpoint };
}

/** The lease ends by itself and the estimate stays charged: late, but never wrong. */
function warnUnsettled(rid: string, error: unknown): void {
  log.warn('a reservation could not be settled and will lapse', { reservationId: rid, error: String(error) });
}

/** What is held turns into spent by itself: too much, but never too little. */
function warnUnspent(rid: string): (error: unknown) => void {
  return (error) => {
    const told = { reservationId: rid, error: String(error) };
    log.warn('a budget could not be settled: the worst case of the call will count as spent', told);
  };
}
