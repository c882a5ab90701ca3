/**
 * One streamed call, the same for every provider: timers around the SDK, events into an answer, and whatever goes
 * wrong into one class of the catalogue. An answer counts only when the provider's end mark and a finish reason were
 * seen: SDKs end their loops without an error on an abort, and a cut connection can look like a clean end.
 */
import type { LimitReading } from '../contracts/capacity';
import type { ModelAnswer } from '../contracts/model';
import type { EndpointSettings } from '../contracts/settings';
import type { Usage } from '../contracts/usage';
import type { FailureType } from '../errors/failure-types';
import { AnswerText } from './answer-text';
import type { AnswerReader } from './answer-reader';
import { completeUsage } from './estimate-usage';
import { explainEnd, explainError, explainOutcome, explainTimer, UnstreamedBodyError } from './explain-failure';
import { failureOf, identifierOf } from './failure';
import type { FailureFacts } from './failure';
import type { Classifier } from './explain-failure';
import { createHttpFetch } from './http-fetch';
import type { Fetch } from './http-fetch';
import { ageReadings } from './limit-readings';
import type { ModelCall } from './provider';
import { requestHeadersOf } from './request-headers';
import { startTimers } from './timers';
import type { CallTimers } from './timers';

interface OpenStream {
  readonly response: Response;
  readonly events: AsyncIterable<unknown>;
}

interface RequestContext {
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  readonly headers: Record<string, string>;
  /** The SDK's own timer, later than all of ours. */
  readonly timeout: number;
}

/** What a provider's client adds to `streamCall`. */
export interface Wire extends Classifier {
  readonly endpoint: EndpointSettings;
  /** See `HttpFetchOptions.endMark`. */
  readonly endMark: RegExp;
  readonly requestIdHeader: string;
  open(context: RequestContext): Promise<OpenStream>;
  /** What the headers of any response say about the provider's limits. */
  readLimits(headers: Headers): LimitReading[];
  createReader(): AnswerReader;
}

/** One call as far as it has got. */
interface Exchange {
  readonly startedAt: number;
  readonly reader: AnswerReader;
  readonly text: AnswerText;
  /** The response's headers came, with a status of success. */
  hasBegun: boolean;
  hasEvents: boolean;
  hasEndMark: boolean;
  requestId: string | undefined;
  /** As of `headersMs` after the start. */
  limits: readonly LimitReading[];
  headersMs: number;
  firstTokenMs: number | undefined;
}

const sdkTimeoutMarginMs = 60_000;
const longestTimeoutMs = 2 ** 31 - 1;

export async function streamCall(wire: Wire, call: ModelCall): Promise<ModelAnswer> {
  call.signal.throwIfAborted();
  const timers = startTimers(call.timeouts, call.signal);
  const exchange = startExchange(wire, call);
  const running = { wire, call, timers, exchange };
  const problem = await receive(running).then(
    () => undefined,
    (error: unknown) => explainError(wire, error),
  );
  timers.stop();
  if (isWhole(exchange)) return conclude(wire, call, exchange);
  call.signal.throwIfAborted();
  const known = { requestId: exchange.requestId, usage: usageSoFar(call, exchange) };
  throw failureOf(wire.endpoint, known, explain(running, problem));
}

function startExchange(wire: Wire, call: ModelCall): Exchange {
  return {
    startedAt: performance.now(),
    reader: wire.createReader(),
    text: new AnswerText(call.onText),
    hasBegun: false,
    hasEvents: false,
    hasEndMark: false,
    requestId: undefined,
    limits: [],
    headersMs: 0,
    firstTokenMs: undefined,
  };
}

interface Running {
  readonly wire: Wire;
  readonly call: ModelCall;
  readonly timers: CallTimers;
  readonly exchange: Exchange;
}

async function receive({ wire, call, timers, exchange }: Running): Promise<void> {
  const fetch = createHttpFetch({
    endMark: wire.endMark,
    onSent: () => timers.sent(),
    onBytes: () => timers.active(),
    onEnd: () => (exchange.hasEndMark = true),
  });
  const { response, events } = await wire.open({
    fetch,
    signal: timers.signal,
    headers: requestHeadersOf(call.callId),
    timeout: Math.min(call.timeouts.callMs + sdkTimeoutMarginMs, longestTimeoutMs),
  });
  exchange.hasBegun = true;
  exchange.requestId = identifierOf(response.headers.get(wire.requestIdHeader));
  exchange.limits = wire.readLimits(response.headers);
  exchange.headersMs = elapsedMs(exchange);
  if (response.body === null) return;
  if (!isEventStream(response)) throw await UnstreamedBodyError.read(response);
  for await (const event of events) readEvent(exchange, timers, event);
}

function readEvent(exchange: Exchange, timers: CallTimers, event: unknown): void {
  exchange.hasEvents = true;
  const { text, isContent } = exchange.reader.read(event);
  if (isContent) {
    exchange.firstTokenMs ??= elapsedMs(exchange);
    timers.content();
  }
  if (text !== undefined) exchange.text.add(text);
}

/** A missing content type is taken for a stream: what is in it decides. */
function isEventStream(response: Response): boolean {
  const contentType = response.headers.get('content-type') ?? '';
  return contentType === '' || contentType.toLowerCase().includes('text/event-stream');
}

/** A refusal counts as soon as it is known: cut right after it, it must not look like a failure to try elsewhere. */
function isWhole(exchange: Exchange): boolean {
  const { finishReason } = exchange.reader.outcome;
  return finishReason === 'contentFilter' || (finishReason !== undefined && exchange.hasEndMark);
}

function conclude(wire: Wire, call: ModelCall, exchange: Exchange): ModelAnswer {
  const text = exchange.text.finish();
  const { finishReason = 'other', finishCode, model } = exchange.reader.outcome;
  const { requestId, firstTokenMs } = exchange;
  const usage = completeUsage(exchange.reader.outcome.usage, call.request, text.length);
  const problem = explainOutcome({ finishReason, finishCode, text });
  if (problem !== undefined) throw failureOf(wire.endpoint, { requestId, usage }, problem);
  const durationMs = elapsedMs(exchange);
  const limits = ageReadings(exchange.limits, durationMs - exchange.headersMs);
  return {
    text,
    finishReason,
    usage,
    model: model ?? call.request.model,
    ...(requestId === undefined ? {} : { requestId }),
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
    durationMs,
    ...(limits.length === 0 ? {} : { limits }),
  };
}

/** What a timer's abort looks like once it has come through an SDK. */
const causedByAbort: readonly FailureType[] = ['Llm.Connection', 'Llm.Truncated', 'Llm.Internal'];

/** What the provider itself said counts more than a timer that fired while we read it. */
function explain(running: Running, problem: FailureFacts | undefined): FailureFacts {
  const { timers, call, exchange } = running;
  const isSilent = problem === undefined || causedByAbort.includes(problem.type);
  if (timers.fired !== undefined && isSilent) return explainTimer(timers.fired, call.timeouts);
  // With its end mark but without a word the answer was not cut: there was none.
  const isEmpty = exchange.hasEndMark && exchange.text.characters === 0;
  return problem ?? explainEnd(exchange.hasEvents && !isEmpty);
}

function usageSoFar(call: ModelCall, exchange: Exchange): Usage | undefined {
  if (!exchange.hasBegun) return undefined;
  return completeUsage(exchange.reader.outcome.usage, call.request, exchange.text.characters);
}

function elapsedMs(exchange: Exchange): number {
  return Math.round(performance.now() - exchange.startedAt);
}
