/**
 * The request itself. Its text goes to whoever follows the step, its id, where it goes on without us, into the journal:
 * a connection that is lost is picked up again instead of buying the answer twice.
 */
import { Context, log } from '@temporalio/activity';
import type { ModelAnswer, ResumableCall } from '../contracts/model';
import type { EndpointSettings } from '../contracts/settings';
import type { FailureType } from '../errors/failure-types';
import { HoldfastError } from '../errors/holdfast-error';
import type { StreamWriter } from '../journal/stream-log';
import type { ModelCall, Provider } from '../providers/provider';
import { requestFor } from './build-request';
import type { Call, Claim } from './call';
import { streamIdOf, stampOf } from './stream-id';

/** Failures that say nothing about a call which goes on at the provider. */
const lostSight: readonly FailureType[] = ['Llm.Connection', 'Llm.Timeout', 'Llm.Stalled', 'Llm.Truncated'];

export function hasLostSight(error: unknown): boolean {
  return error instanceof HoldfastError && lostSight.includes(error.type);
}

export interface Answered {
  readonly answer: ModelAnswer;
  /** Of a step that is streamed; to be ended by whoever knows whether the answer is good. */
  readonly writer?: StreamWriter;
}

export async function callProvider(call: Call, endpoint: EndpointSettings, claim: Claim): Promise<Answered> {
  const provider = call.deps.providerOf(endpoint);
  return followed(call, claim, async (request) => {
    if (call.input.call.background !== true || provider.resume === undefined) return provider.call(request);
    return callInBackground(call, claim, { provider, request });
  });
}

/** Picks up the call that an earlier attempt left running. */
export async function resumeProvider(
  call: Call,
  claim: Claim,
  { provider, resumable }: { provider: Provider; resumable: ResumableCall },
): Promise<Answered> {
  return followed(call, claim, (request) => resume(call, { provider, request, resumable }));
}

/** What writes a text also tells its reader, so a call that fails stops writing at once. */
async function followed(
  call: Call,
  claim: Claim,
  ask: (request: ModelCall) => Promise<ModelAnswer>,
): Promise<Answered> {
  const writer = openStream(call, claim);
  try {
    const answer = await ask(requestOf(call, claim, writer));
    return { answer, ...(writer && { writer }) };
  } catch (error) {
    await writer?.stop();
    throw error;
  }
}

function openStream({ deps, input, attempt }: Call, { hop, reservation }: Claim): StreamWriter | undefined {
  if (input.call.stream !== true) return undefined;
  return deps.streams.open(streamIdOf(input.id), stampOf(input.id, { attempt, hop }), reservation.endpoint);
}

function requestOf(call: Call, { reservation }: Claim, writer: StreamWriter | undefined): ModelCall {
  const { deps, input } = call;
  const { timeouts } = input.call;
  const leftMs = Math.max(1, call.endsAtMs - performance.now());
  const endpoint = deps.settings.endpoints[reservation.endpoint];
  if (endpoint === undefined) throw new HoldfastError('Llm.Internal', `no endpoint ${reservation.endpoint}`);
  let first = true;
  return {
    request: requestFor(call.rendered, endpoint),
    callId: reservation.rid,
    timeouts: { ...timeouts, callMs: Math.min(timeouts.callMs, leftMs) },
    signal: call.signal,
    onText: (text) => {
      writer?.text(text);
      if (first) deps.crashPoint('inFlight');
      first = false;
    },
  };
}

interface Background {
  readonly provider: Provider;
  readonly request: ModelCall;
}

async function callInBackground(call: Call, claim: Claim, { provider, request }: Background): Promise<ModelAnswer> {
  const { deps, journalKey, attempt } = call;
  let begun: ResumableCall | undefined;
  const onResumable = async (resumable: ResumableCall): Promise<void> => {
    begun = resumable;
    // Without it the call is only what any other is: lost with its process.
    await deps.journal.putResumable(journalKey, { ...resumable, attempt, hop: claim.hop }).catch((error: unknown) => {
      log.warn('a background call cannot be resumed', { journalKey, error: String(error) });
    });
    deps.crashPoint('afterResumable');
  };
  try {
    return await provider.call({ ...request, onResumable });
  } catch (error) {
    if (begun === undefined) throw error;
    if (hasLostSight(error) && !call.signal.aborted) return resume(call, { provider, request, resumable: begun });
    await abandon(call, { provider, request, resumable: begun }, error);
    throw error;
  }
}

type Resuming = Background & { readonly resumable: ResumableCall };

async function resume(call: Call, resuming: Resuming): Promise<ModelAnswer> {
  const { provider, request, resumable } = resuming;
  if (provider.resume === undefined) throw new HoldfastError('Llm.ResumeLost', `${resumable.endpoint} cannot resume`);
  try {
    return await provider.resume({ ...request, resumable });
  } catch (error) {
    if (!hasLostSight(error)) await abandon(call, resuming, error);
    throw error;
  }
}

/**
 * Nobody will come back for this call. One that is cancelled for good is ended at the provider, where it would go on
 * costing; one whose worker shuts down is what the next attempt picks up.
 */
async function abandon(call: Call, { provider, request, resumable }: Resuming, error: unknown): Promise<void> {
  const { deps, journalKey, signal } = call;
  if (signal.aborted && Context.current().cancellationDetails?.cancelRequested !== true) return;
  const hasEnded = error instanceof HoldfastError && error.details.code !== tooLarge;
  if (!hasEnded) {
    const ending = { resumable, callId: request.callId, signal: AbortSignal.timeout(longestCancelMs) };
    await provider.cancelResumable?.(ending).catch((failed: unknown) => {
      const told = { journalKey, error: String(failed) };
      log.warn('a background call could not be cancelled and may go on costing', told);
    });
  }
  await deps.journal.clearResumable(journalKey).catch(() => undefined);
}

/** The one failure of an answer that has not come to its end. */
const tooLarge = 'answer_too_large';
const longestCancelMs = 3_000;
