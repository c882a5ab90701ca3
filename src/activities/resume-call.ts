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
import { keepAnswer, settleFailure } from './settle-call';

export type ResumeOutcome =
  /** There is none, or it is lost: the call is made anew. */
  | { readonly kind: 'nothing' }
  /** It goes on, but we cannot see it now: to be tried again, and nothing else. */
  | { readonly kind: 'outOfSight'; readonly failure: HoldfastError }
  | Exclude<EndpointOutcome, { kind: 'spent' }>;

export async function resumeCall(call: Call): Promise<ResumeOutcome> {
  const { deps, input, journalKey } = call;
  if (input.call.background !== true) return { kind: 'nothing' };
  // A journal that does not answer now has answered a moment ago: this attempt fails and is repeated.
  const begun = await deps.journal.resumable(journalKey);
  if (begun === undefined || !hasEndpoint(deps, begun.endpoint)) return { kind: 'nothing' };
  const endpoint = endpointOf(deps, begun.endpoint);
  const provider = deps.providerOf(endpoint);
  if (provider.resume === undefined) return { kind: 'nothing' };
  const claim = claimOf(call, begun, endpoint);
  const asBegun: Call = { ...call, attempt: begun.attempt };
  const stop = call.keepAlive(claim.reservation);
  const startedAt = performance.now();
  try {
    const { answer, writer } = await resumeProvider(call, claim, { provider, resumable: begun });
    const kept = await keepAnswer({ call: asBegun, claim, endpoint, answer });
    return { kind: 'answered', ...kept, ...(writer && { writer }) };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    if (hasLostSight(error)) return { kind: 'outOfSight', failure: error };
    log.warn('a background call came to nothing', { journalKey, failure: error.type, message: error.message });
    const durationMs = performance.now() - startedAt;
    return {
      kind: 'failed',
      failure: error,
      record: await settleFailure(asBegun, claim, { error, endpoint, durationMs }),
    };
  } finally {
    stop();
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
