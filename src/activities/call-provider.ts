/**
 * The request itself. Its text goes to whoever follows the step, its id, where it goes on without us, into the journal:
 * a connection that is lost is picked up again instead of buying the answer twice.
 */
import { Context, log } from '@temporalio/activity';
import type { ModelAnswer, ResumableCall } from '../contracts/model';
import type { CallTimeouts, EndpointSettings } from '../contracts/settings';
import type { FailureType } from '../errors/failure-types';
import { HoldfastError } from '../errors/holdfast-error';
import type { StreamWriter } from '../journal/stream-log';
import type { ModelCall, Provider } from '../providers/provider';
import { requestFor } from './build-request';
import type { Call, Claim } from './call';
import { endpointOf } from './resolve-step';
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

/** One request, all of whose sendings end at the same time. */
interface Request {
  readonly call: Call;
  readonly claim: Claim;
  readonly provider: Provider;
  /** `performance.now()`. */
  readonly endsAtMs: number;
}

export async function callProvider(call: Call, endpoint: EndpointSettings, claim: Claim): Promise<Answered> {
  const request = requestOf(call, endpoint, claim);
  const { provider } = request;
  if (call.rendered.embedding !== undefined) return send(request, (asked) => embedWith(provider, asked));
  if (call.input.call.background !== true || provider.resume === undefined)
    return send(request, (asked) => provider.call(asked));
  const onResumable = (resumable: ResumableCall): Promise<void> => keepResumable(request, resumable);
  try {
    return await send(request, (asked) => provider.call({ ...asked, onResumable }));
  } catch (error) {
    const { begun } = call.running;
    const isInTime = performance.now() < request.endsAtMs;
    if (begun === undefined || !hasLostSight(error) || call.signal.aborted || !isInTime)
      throw await ended(request, error);
    return resume(request, begun);
  }
}

function embedWith(provider: Provider, asked: ModelCall): Promise<ModelAnswer> {
  if (provider.embed === undefined)
    throw new HoldfastError('Llm.Unsupported', `the provider of ${asked.request.model} has no embeddings`);
  return provider.embed(asked);
}

/** Picks up the call that an earlier attempt left running. */
export async function resumeProvider(call: Call, endpoint: EndpointSettings, claim: Claim): Promise<Answered> {
  const { begun } = call.running;
  if (begun === undefined) throw new HoldfastError('Llm.Internal', 'there is no call to be resumed');
  return resume(requestOf(call, endpoint, claim), begun);
}

/**
 * Ends a call at the provider that nobody will come back for, where it would go on costing. Afterwards it is settled like
 * any other.
 */
export async function endRunning(call: Call, endpoint: EndpointSettings, claim: Claim): Promise<void> {
  const { begun } = call.running;
  if (begun !== undefined) await cancelAtProvider(requestOf(call, endpoint, claim), begun);
  await forget(call);
}

function requestOf(call: Call, endpoint: EndpointSettings, claim: Claim): Request {
  const endsAtMs = Math.min(performance.now() + call.input.call.timeouts.callMs, call.endsAtMs);
  return { call, claim, provider: call.deps.providerOf(endpoint), endsAtMs };
}

/** What writes a text also tells its reader, so a sending that fails stops writing at once. */
async function send(
  request: Request,
  ask: (asked: ModelCall) => Promise<ModelAnswer>,
  take?: number,
): Promise<Answered> {
  const { call, claim } = request;
  const { deps, input } = call;
  const { reservation } = claim;
  const writer = openStream(call, claim, take);
  let first = true;
  try {
    const answer = await ask({
      request: requestFor(call.rendered, endpointOf(deps, reservation.endpoint)),
      callId: reservation.rid,
      timeouts: timeoutsOf(input.call.timeouts, request.endsAtMs),
      signal: call.signal,
      onText: (text) => {
        writer?.text(text);
        if (first) deps.crashPoint('inFlight');
        first = false;
      },
    });
    return { answer, ...(writer && { writer }) };
  } catch (error) {
    await writer?.stop();
    throw error;
  }
}

/** In whole milliseconds: an SDK takes no others. */
function timeoutsOf(timeouts: CallTimeouts, endsAtMs: number): CallTimeouts {
  return { ...timeouts, callMs: Math.max(1, Math.floor(endsAtMs - performance.now())) };
}

function openStream({ deps, input, attempt }: Call, { hop, reservation }: Claim, take = 0): StreamWriter | undefined {
  if (input.call.stream !== true) return undefined;
  const stamp = { ...stampOf(input.id, { attempt, hop }), take };
  return deps.streams.open(streamIdOf(input.id), stamp, reservation.endpoint);
}

/** A text told from its beginning again, within the same attempt: after whatever its first telling has come to. */
const resumedTake = 1_000;

async function keepResumable({ call, claim }: Request, resumable: ResumableCall): Promise<void> {
  const { deps, journalKey, attempt } = call;
  call.running.begun = resumable;
  // Without it the call is only what any other is: lost with its process.
  await deps.journal.putResumable(journalKey, { ...resumable, attempt, hop: claim.hop }).catch((error: unknown) => {
    log.warn('a background call cannot be resumed', { journalKey, error: String(error) });
  });
  deps.crashPoint('afterResumable');
}

async function resume(request: Request, resumable: ResumableCall): Promise<Answered> {
  const { provider } = request;
  try {
    return await send(
      request,
      (asked) => {
        if (provider.resume === undefined)
          throw new HoldfastError('Llm.ResumeLost', `${resumable.endpoint} cannot resume`);
        return provider.resume({ ...asked, resumable });
      },
      resumedTake,
    );
  } catch (error) {
    throw await ended(request, error);
  }
}

/**
 * What is to become of a call that was begun: one that is only out of sight goes on, and so does one whose worker shuts
 * down. One that is cancelled for good is ended at the provider; one that has failed is over.
 */
async function ended(request: Request, error: unknown): Promise<unknown> {
  const { call } = request;
  const { begun } = call.running;
  if (begun === undefined || hasLostSight(error)) return error;
  if (call.signal.aborted && !isCancelledForGood()) return error;
  const hasFailed = error instanceof HoldfastError && error.details.code !== tooLarge;
  if (!hasFailed) await cancelAtProvider(request, begun);
  await forget(call);
  return error;
}

/** The one failure of an answer that has not come to its end. */
const tooLarge = 'answer_too_large';

function isCancelledForGood(): boolean {
  return Context.current().cancellationDetails?.cancelRequested === true;
}

const longestCancelMs = 3_000;

async function cancelAtProvider({ call, claim, provider }: Request, resumable: ResumableCall): Promise<void> {
  const ending = { resumable, callId: claim.reservation.rid, signal: AbortSignal.timeout(longestCancelMs) };
  await provider.cancelResumable?.(ending).catch((error: unknown) => {
    const told = { journalKey: call.journalKey, error: String(error) };
    log.warn('a background call could not be cancelled and may go on costing', told);
  });
}

async function forget(call: Call): Promise<void> {
  delete call.running.begun;
  await call.deps.journal.clearResumable(call.journalKey).catch(() => undefined);
}
