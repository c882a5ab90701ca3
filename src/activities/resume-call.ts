/**
 * A call that an earlier attempt left running at the provider (OpenAI background responses): its answer is paid for, so
 * it is followed to its end before anything new is bought. It stays under the reservation it was begun with.
 */
import { log } from '@temporalio/activity';
import { reservationIdOf } from '../contracts/ids';
import type { Reservation } from '../contracts/capacity';
import type { EndpointSettings } from '../contracts/settings';
import { HoldfastError } from '../errors/holdfast-error';
import type { ResumableEntry } from '../journal/journal';
import type { Call, Claim, EndpointOutcome } from './call';
import { hasLostSight, resumeProvider } from './call-provider';
import { endpointOf, hasEndpoint } from './resolve-step';
import { endQuietly, keepAnswer, settleFailure } from './settle-call';

export type ResumeOutcome =
  /** There is none, or it is lost: the call is made anew. */
  { readonly kind: 'nothing' } | Exclude<EndpointOutcome, { kind: 'spent' }>;

/** Throws `Capacity.StoreUnavailable` when the journal does not say whether there is one. */
export async function resumeCall(given: Call): Promise<ResumeOutcome> {
  const { deps, input, journalKey } = given;
  if (input.call.background !== true) return { kind: 'nothing' };
  const begun = await readResumable(given);
  if (begun === undefined || !hasEndpoint(deps, begun.endpoint)) return { kind: 'nothing' };
  const endpoint = endpointOf(deps, begun.endpoint);
  if (deps.providerOf(endpoint).resume === undefined) return { kind: 'nothing' };
  const claim = claimOf(given, begun, endpoint);
  // Told as the attempt that began it.
  const call: Call = { ...given, attempt: begun.attempt, running: { begun } };
  const stop = call.keepAlive(claim.reservation);
  const startedAt = performance.now();
  try {
    const { answer, writer } = await resumeProvider(call, endpoint, claim);
    const kept = await keepAnswer({ call, claim, endpoint, answer });
    return { kind: 'answered', ...kept, ...(writer && { writer }) };
  } catch (error) {
    if (!(error instanceof HoldfastError)) {
      // Cancelled for good, it is over and was charged; otherwise the next attempt looks for it again.
      if (call.running.begun === undefined) await endQuietly(call, claim.reservation, endpoint);
      throw error;
    }
    if (hasLostSight(error)) return { kind: 'outOfSight', failure: error, call, claim, endpoint };
    log.warn('a background call came to nothing', { journalKey, failure: error.type, message: error.message });
    const durationMs = performance.now() - startedAt;
    return {
      kind: 'failed',
      failure: error,
      record: await settleFailure(call, claim, { error, endpoint, durationMs }),
    };
  } finally {
    stop();
  }
}

/** Attempt 1 goes on without a journal, as it does with any call: it has hardly anything to look for. */
async function readResumable({ deps, journalKey, attempt }: Call): Promise<ResumableEntry | undefined> {
  try {
    return await deps.journal.resumable(journalKey);
  } catch (error) {
    if (attempt > 1) throw error;
    return undefined;
  }
}

function claimOf({ deps, input }: Call, { attempt, hop }: ResumableEntry, endpoint: EndpointSettings): Claim {
  const reservation: Reservation = {
    rid: reservationIdOf(input.id, attempt, hop),
    pool: input.call.pool,
    endpoint: endpoint.name,
    quotaGroup: endpoint.quotaGroup,
    startAt: 0,
    startInMs: 0,
    leaseMs: deps.settings.capacity.leaseMs,
  };
  return { reservation, hop };
}
