/** Calls that go on at the provider without us, and can be picked up again: background responses of OpenAI. */
import type { ConformanceCase } from '../case';
import { absent } from '../case';
import { prose } from '../canaries';
import { answerOf } from '../dialects/dialect';
import type { Dialect } from '../dialects/dialect';
import { OpenAiResponses } from '../dialects/openai-responses';
import { hangAfter, reply, resetAfter, stream } from '../sources/wire-handlers';
import type { WireHandler } from '../sources/wire';
import { responses as targets } from '../targets';

const hello = 'Hello, world';
const { responseId } = OpenAiResponses;

/** The first request is answered by the first handler, and so on. */
function inTurn(...handlers: readonly WireHandler[]): WireHandler {
  return (response, request) => handlers[request.index]?.(response, request);
}

/** A stream that is asked for by the id of its response; anything else would buy a new answer. */
function followed(handler: WireHandler): WireHandler {
  return (response, request) => {
    const isFollowing = request.method === 'GET' && request.url.includes(`/responses/${responseId}?`);
    return (isFollowing ? handler : reply(500, 'this is no resumption'))(response, request);
  };
}

function cut(dialect: Dialect): WireHandler {
  return resetAfter(dialect.open(), dialect.text('Hel'));
}

/** Each stream is numbered by itself, as the provider sends it again from its first event. */
function again(): OpenAiResponses {
  return new OpenAiResponses();
}

const tooOld = {
  error: {
    message: `This response can no longer be streamed because it is more than 5 minutes old. ${prose}`,
    type: 'invalid_request_error',
    param: 'stream',
    code: null,
  },
};

const notFound = again().errorBody({ message: prose, type: 'invalid_request_error' });

export const backgroundCases: readonly ConformanceCase[] = [
  {
    id: 'background/announced',
    title: 'A call that may go on without us is kept by the provider, and its id is known before its first word.',
    targets,
    act: 'callInBackground',
    simulator: {},
    wire: (dialect) => stream(answerOf(dialect, hello)),
    expect: { answer: {}, isResumable: true, sent: { background: true, store: true, stream: true } },
  },
  {
    id: 'background/not-asked-for',
    title: 'Any other call is not kept.',
    targets,
    wire: (dialect) => stream(answerOf(dialect, hello)),
    expect: { answer: {}, sent: { background: absent, store: false } },
  },
  {
    id: 'background/not-noted',
    title: 'When nobody can take note of the id, the call is given up with that reason.',
    targets,
    act: 'refuseBackground',
    wire: (dialect) => hangAfter(dialect.open()),
    expect: { isAborted: true, withinMs: 5_000 },
  },
  {
    id: 'background/resumed-after-a-cut',
    title: 'After a cut the answer is read from its start, whole, and nothing is bought again.',
    targets,
    act: 'resumeAfterCut',
    simulator: { faults: [{ kind: 'cutStream', afterChunks: 5, count: 1 }] },
    wire: (dialect) => inTurn(cut(dialect), followed(stream(answerOf(again(), 'Hello', ', world')))),
    expect: ({ source }) => ({
      answer: source === 'wire' ? { text: hello } : {},
      isResumable: true,
      requests: 2,
    }),
  },
  {
    id: 'background/resumed-when-finished',
    title: 'A call that finished meanwhile is read like any other.',
    targets,
    act: 'resumeFinished',
    simulator: {},
    wire: (dialect) => inTurn(stream(answerOf(dialect, hello)), followed(stream(answerOf(again(), hello)))),
    expect: { answer: {}, requests: 2 },
  },
  {
    id: 'background/resumed-late',
    title: 'A response that is too old to be streamed is fetched as a document.',
    targets,
    act: 'resumeAfterCut',
    wire: (dialect) => {
      return inTurn(cut(dialect), followed(reply(400, tooOld)), reply(200, again().document(hello)));
    },
    expect: { answer: { text: hello, finishReason: 'stop' }, requests: 3 },
  },
  {
    id: 'background/not-yet-known',
    title: 'A response whose id is so new that the provider does not know it itself is asked for again.',
    targets,
    act: 'resumeAfterCut',
    wire: (dialect) => {
      return inTurn(cut(dialect), followed(reply(404, notFound)), followed(stream(answerOf(again(), hello))));
    },
    expect: { answer: { text: hello }, requests: 3 },
  },
  {
    id: 'background/lost',
    title: 'A response that the provider no longer knows is lost: the call is made anew.',
    targets,
    act: 'resumeUnknown',
    simulator: {},
    wire: () => reply(404, notFound),
    expect: { failure: 'Llm.ResumeLost', details: { status: 404 } },
  },
  {
    id: 'background/cancelled-elsewhere',
    title: 'So is one that somebody has cancelled at the provider.',
    targets,
    act: 'resumeAfterCut',
    wire: (dialect) => {
      const over = again();
      return inTurn(cut(dialect), followed(stream(over.open(), over.text('Hel'), over.over('cancelled'))));
    },
    expect: { failure: 'Llm.ResumeLost', details: { code: 'cancelled' }, requests: 2 },
  },
  {
    id: 'background/cancelled-document',
    title: 'So is a cancelled one that is too old to be streamed.',
    targets,
    act: 'resumeAfterCut',
    wire: (dialect) => {
      return inTurn(cut(dialect), followed(reply(400, tooOld)), reply(200, again().overDocument('cancelled')));
    },
    expect: { failure: 'Llm.ResumeLost', details: { code: 'cancelled' }, requests: 3 },
  },
  {
    id: 'background/cancelled-under-way',
    title: 'A response that somebody cancels at the provider while we listen is cancelled, not lost.',
    targets,
    act: 'callInBackground',
    wire: (dialect) => stream(dialect.open(), dialect.text('Hel'), (dialect as OpenAiResponses).over('cancelled')),
    expect: { failure: 'Llm.Cancelled', isResumable: true },
  },
  {
    id: 'background/cancelled-by-us',
    title: 'A call that nobody will pick up is ended at the provider: after that it is lost.',
    targets,
    act: 'cancelBackground',
    // Slow enough to be still at work when it is cancelled.
    simulator: { endpoint: { latency: { firstTokenMs: 10, sigma: 0, tokensPerSecond: 2 } } },
    timeouts: { callMs: 300 },
    // The call, its cancellation, the stream that ends without a word, and what the response says of itself.
    expect: { failure: 'Llm.ResumeLost', requests: 4 },
  },
  {
    id: 'background/failed',
    title: 'A response that failed meanwhile says how.',
    targets,
    act: 'resumeAfterCut',
    wire: (dialect) => {
      const failed = again();
      return inTurn(cut(dialect), followed(stream(failed.open(), failed.failed('server_error', prose))));
    },
    expect: { failure: 'Llm.ServerError', requests: 2 },
  },
  {
    id: 'background/cut-again',
    title: 'A resumption that is cut as well is a cut stream: it can be resumed once more.',
    targets,
    act: 'resumeAfterCut',
    simulator: {
      faults: [
        { kind: 'cutStream', afterChunks: 5, count: 1 },
        { kind: 'cutStream', afterChunks: 5, count: 1, operation: 'retrieve' },
      ],
    },
    wire: (dialect) => inTurn(cut(dialect), followed(cut(again()))),
    expect: { failure: 'Llm.Truncated', requests: 2 },
  },
  {
    id: 'background/rate-limited',
    title: 'A resumption may be turned away by a rate limit, with its hint.',
    targets,
    act: 'resumeUnknown',
    wire: () => reply(429, tooOld, { 'content-type': 'application/json', 'retry-after': '3' }),
    expect: { failure: 'Llm.RateLimited', retryAfterMs: [3_000, 3_000] },
  },
];
