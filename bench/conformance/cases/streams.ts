/** Streams that break, and streams that only look as if they did. */
import type { FailureType } from '../../../src/errors';
import type { ConformanceCase } from '../case';
import { prose } from '../canaries';
import { answerOf, countedUsage, wireUsage } from '../dialects/dialect';
import type { Dialect, WireError } from '../dialects/dialect';
import { OpenAiResponses } from '../dialects/openai-responses';
import { closeAfter, resetAfter, stream } from '../sources/wire-handlers';
import { all, ofOpenAi, responses } from '../targets';
import type { TargetName } from '../targets';

const begun = (dialect: Dialect): string => dialect.open() + dialect.text('Hel');
/** Formats whose streams end with a mark of its own, after the finish reason. */
const withEndMark = all.filter((name) => name !== 'gemini' && !responses.includes(name));

interface ErrorEvent {
  readonly name: string;
  readonly title: string;
  readonly targets: readonly TargetName[];
  readonly error: WireError;
  readonly failure: FailureType;
}

const errorEvents: readonly ErrorEvent[] = [
  {
    name: 'server-error',
    title: 'an error of the server',
    targets: ofOpenAi,
    error: { message: prose, type: 'server_error' },
    failure: 'Llm.ServerError',
  },
  {
    name: 'rate-limit',
    title: 'a rate limit',
    targets: ofOpenAi,
    error: { message: prose, type: 'tokens', code: 'rate_limit_exceeded' },
    failure: 'Llm.RateLimited',
  },
  {
    name: 'quota',
    title: 'a quota',
    targets: ofOpenAi,
    error: { message: prose, type: 'insufficient_quota', code: 'insufficient_quota' },
    failure: 'Llm.QuotaExhausted',
  },
  {
    name: 'overloaded',
    title: 'an overload',
    targets: ofOpenAi,
    error: { message: prose, type: 'service_unavailable_error', code: 'server_is_overloaded' },
    failure: 'Llm.Overloaded',
  },
  {
    name: 'policy',
    title: 'the content policy',
    targets: ofOpenAi,
    error: { message: prose, type: 'invalid_request_error', code: 'content_policy_violation' },
    failure: 'Llm.ContentFiltered',
  },
  {
    name: 'azure-filter',
    title: "Azure's content filter",
    targets: ['azure-openai/v1', 'azure-openai/dated'],
    error: { message: prose, code: 'content_filter' },
    failure: 'Llm.ContentFiltered',
  },
  {
    name: 'vllm-status',
    title: 'a status in place of a code',
    targets: ['openai-compatible'],
    error: { message: prose, type: 'InternalServerError', status: 503 },
    failure: 'Llm.Overloaded',
  },
  {
    name: 'anthropic-overloaded',
    title: 'an overload',
    targets: ['anthropic'],
    error: { message: prose, type: 'overloaded_error' },
    failure: 'Llm.Overloaded',
  },
  {
    name: 'anthropic-api-error',
    title: 'an error of the server',
    targets: ['anthropic'],
    error: { message: prose, type: 'api_error' },
    failure: 'Llm.ServerError',
  },
  {
    name: 'anthropic-rate-limit',
    title: 'a rate limit',
    targets: ['anthropic'],
    error: { message: prose, type: 'rate_limit_error' },
    failure: 'Llm.RateLimited',
  },
  {
    name: 'anthropic-bad-request',
    title: 'a wrong request',
    targets: ['anthropic'],
    error: { message: prose, type: 'invalid_request_error' },
    failure: 'Llm.BadRequest',
  },
  {
    name: 'gemini-unavailable',
    title: 'an overload',
    targets: ['gemini'],
    error: { message: prose, type: 'UNAVAILABLE', status: 503 },
    failure: 'Llm.Overloaded',
  },
  {
    name: 'gemini-exhausted',
    title: 'a rate limit',
    targets: ['gemini'],
    error: { message: prose, type: 'RESOURCE_EXHAUSTED', status: 429 },
    failure: 'Llm.RateLimited',
  },
  {
    name: 'gemini-internal',
    title: 'an error of the server',
    targets: ['gemini'],
    error: { message: prose, type: 'INTERNAL', status: 500 },
    failure: 'Llm.ServerError',
  },
];

export const streamCases: readonly ConformanceCase[] = [
  {
    id: 'stream/reset',
    title: 'A stream that is cut by a reset in the middle of the answer is never an answer.',
    targets: all,
    simulator: { faults: [{ kind: 'cutStream', afterChunks: 2 }] },
    aimock: {
      response: { content: 'Hello, world, and more' },
      options: { chunkSize: 2, truncateAfterChunks: 3, latency: 20 },
    },
    wire: (dialect) => resetAfter(begun(dialect)),
    expect: ({ source }) => ({
      failure: 'Llm.Truncated',
      ...(source === 'wire' ? { details: { code: 'ECONNRESET' } } : {}),
    }),
  },
  {
    id: 'stream/closed',
    title: 'Nor is one whose connection is closed in good order in the middle of a body.',
    targets: all,
    wire: (dialect) => closeAfter(begun(dialect)),
    expect: { failure: 'Llm.Truncated' },
  },
  {
    id: 'stream/ended',
    title: 'Nor is one whose body ends cleanly in the middle of the answer.',
    targets: all,
    simulator: { faults: [{ kind: 'cutStream', afterChunks: 2, how: 'end' }] },
    wire: (dialect) => stream(begun(dialect)),
    expect: { failure: 'Llm.Truncated' },
  },
  {
    id: 'stream/reset-before-text',
    title: 'A reset after the first event, before any text.',
    targets: all.filter((name) => name !== 'gemini'),
    wire: (dialect) => resetAfter(dialect.open()),
    expect: { failure: 'Llm.Truncated' },
  },
  {
    id: 'stream/reset-before-events',
    title: 'A reset after the headers, before any event.',
    targets: all,
    wire: () => resetAfter(': hello\n\n'),
    expect: { failure: 'Llm.Truncated', details: { status: undefined } },
  },
  {
    id: 'stream/ended-before-events',
    title: 'A stream that ends before its first event is empty.',
    targets: all,
    wire: () => stream(''),
    expect: { failure: 'Llm.EmptyResponse' },
  },
  {
    id: 'stream/no-finish-reason',
    title: 'The end mark without a finish reason: the provider did not say that the answer is whole.',
    targets: withEndMark,
    wire: (dialect) => stream(begun(dialect), dialect.end()),
    expect: { failure: 'Llm.Truncated' },
  },
  {
    id: 'stream/no-end-mark',
    title: 'A finish reason without the end mark: the stream was cut behind it.',
    targets: withEndMark.filter((name) => name !== 'openai-compatible'),
    wire: (dialect) => stream(begun(dialect), dialect.finish('stop', wireUsage)),
    expect: { failure: 'Llm.Truncated' },
  },
  {
    id: 'stream/twice-the-end',
    title: 'The end mark twice is one end.',
    targets: withEndMark,
    wire: (dialect) => stream(answerOf(dialect, 'Hello'), dialect.end()),
    expect: { answer: { text: 'Hello' } },
  },
  {
    id: 'stream/text-after-the-end',
    title: 'Text behind the end mark does not belong to the answer.',
    targets: all.filter((name) => name !== 'gemini'),
    wire: (dialect) => stream(answerOf(dialect, 'Hello'), dialect.text(' and goodbye')),
    expect: { answer: { text: 'Hello' } },
  },
  {
    id: 'stream/another-text-at-the-end',
    title: 'A last event that repeats another text than was streamed: nobody knows which is the answer.',
    targets: responses,
    wire: (dialect) => {
      const another = new OpenAiResponses();
      another.text('Howdy, Hello');
      return stream(dialect.open(), dialect.text('Hello'), another.finish('stop', wireUsage));
    },
    expect: { failure: 'Llm.Truncated', details: { code: 'inconsistent_answer' }, usage: countedUsage },
  },
  {
    id: 'stream/twice-the-finish',
    title: 'A finish reason that is repeated is one.',
    targets: all,
    simulator: { faults: [{ kind: 'duplicateEnd' }] },
    wire: (dialect) => {
      const last = dialect.finish('stop', wireUsage);
      return stream(dialect.open(), dialect.text('Hello'), last, last, dialect.end());
    },
    expect: ({ source }) => ({ answer: { finishReason: 'stop', ...(source === 'wire' ? { text: 'Hello' } : {}) } }),
  },
  {
    id: 'stream/text-after-the-finish',
    title: 'Text behind the finish reason does not make a good answer a bad one.',
    targets: all,
    simulator: { faults: [{ kind: 'lateDeltas' }] },
    expect: { answer: { finishReason: 'stop' } },
  },
  {
    id: 'stream/error-event',
    title: 'An error event in the middle of an answer, in whatever words the provider has for it.',
    targets: all,
    simulator: { faults: [{ kind: 'errorEvent', afterChunks: 2 }] },
    expect: ({ target }) => ({
      // The simulator's own choice: Anthropic and Gemini break off with an overload.
      failure: ['anthropic', 'gemini'].includes(target.provider) ? 'Llm.Overloaded' : 'Llm.ServerError',
      usage: 'estimated',
    }),
  },
  {
    id: 'stream/error-event-first',
    title: 'An error event in place of the first one.',
    targets: all,
    wire: (dialect) => stream(dialect.errorEvent({ message: prose, type: 'strange_error', status: 500 })),
    expect: { failure: 'Llm.ServerError' },
  },
  ...errorEvents.map(({ name, title, targets, error, failure }): ConformanceCase => ({
    id: `stream/error-${name}`,
    title: `After status 200 and the first words, ${title}.`,
    targets,
    wire: (dialect) => stream(begun(dialect), dialect.errorEvent(error)),
    expect: { failure },
  })),
];
