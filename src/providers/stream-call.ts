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
import { AnswerTooLargeError, longestAnswer } from './answer-size';
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

export interface OpenStream {
  readonly response: Response;
  readonly events: AsyncIterable<unknown> | Iterable<unknown>;
  /** The response was a whole document, read already, and `events` say what is in it. */
  readonly isDocument?: boolean;
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
  /** See `HttpFetchOptions.endMark`. Absent where there is none (Gemini), or where the reader knows the last event. */
  readonly endMark?: RegExp;
  /** A body that comes to its own end is whole, also without the mark. Always so where there is no mark. */
  readonly endsWithBody?: boolean;
  /** Where it is missing, `x-request-id` is asked. */
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
    isOver: () => exchange.hasEndMark,
    onSent: () => timers.sent(),
    onBytes: () => timers.active(),
    onEnd: () => (exchange.hasEndMark = true),
  });
  const { response, events, isDocument } = await wire.open({
    fetch,
    signal: timers.signal,
    headers: requestHeadersOf(call.callId),
    timeout: Math.min(call.timeouts.callMs + sdkTimeoutMarginMs, longestTimeoutMs),
  });
  exchange.hasBegun = true;
  exchange.requestId =
    identifierOf(response.headers.get(wire.requestIdHeader)) ?? identifierOf(response.headers.get('x-request-id'));
  exchange.limits = wire.readLimits(response.headers);
  exchange.headersMs = elapsedMs(exchange);
  if (response.body === null) return;
  if (isDocument !== true && !isEventStream(response)) throw await UnstreamedBodyError.read(response);
  for await (const event of events) {
    if (readEvent(exchange, timers, event)) break;
  }
  // The body came to its own end: HTTP tells a cut one by an error, an abort ends the loop without one.
  const endsWithBody = wire.endMark === undefined || wire.endsWithBody === true;
  if (endsWithBody && !timers.signal.aborted) exchange.hasEndMark = true;
}

/** Whether it was the last event. */
function readEvent(exchange: Exchange, timers: CallTimers, event: unknown): boolean {
  exchange.hasEvents = true;
  const { text, isContent, isEnd } = exchange.reader.read(event);
  if (isContent) {
    exchange.firstTokenMs ??= elapsedMs(exchange);
    timers.content();
  }
  if (text !== undefined) exchange.text.add(text);
  if (exchange.text.characters > longestAnswer) throw new AnswerTooLargeError();
  if (isEnd === true) exchange.hasEndMark = true;
  return isEnd === true;
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
  const {
    finishReason = 'other',
    finishCode,
    model,
    toolCalls = [],
    unreadableToolCall,
    carried,
  } = exchange.reader.outcome;
  const { requestId, firstTokenMs } = exchange;
  const usage = usageOf(call, exchange);
  const hasToolCalls = toolCalls.length > 0;
  const problem = explainOutcome({ finishReason, finishCode, text, hasToolCalls, unreadableToolCall });
  if (problem !== undefined) throw failureOf(wire.endpoint, { requestId, usage }, problem);
  const durationMs = elapsedMs(exchange);
  const limits = ageReadings(exchange.limits, durationMs - exchange.headersMs);
  return {
    text,
    ...(hasToolCalls ? { toolCalls } : {}),
    ...(carried === undefined ? {} : { carried }),
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
  // With its end mark but without a sign of the model at work the answer was not cut: there was none.
  const isEmpty = exchange.hasEndMark && exchange.firstTokenMs === undefined;
  return problem ?? explainEnd(exchange.hasEvents && !isEmpty);
}

function usageSoFar(call: ModelCall, exchange: Exchange): Usage | undefined {
  return exchange.hasBegun ? usageOf(call, exchange) : undefined;
}

function usageOf(call: ModelCall, { reader, text }: Exchange): Usage {
  const { usage, toolCalls = [] } = reader.outcome;
  const inCalls = toolCalls.length === 0 ? 0 : JSON.stringify(toolCalls).length;
  return completeUsage(usage, call.request, text.characters + inCalls);
}

function elapsedMs(exchange: Exchange): number {
  return Math.round(performance.now() - exchange.startedAt);
}
