/** From one result of a batch to an answer: the same readers as of a stream, fed with the whole document at once. */
import type { ModelAnswer, ModelRequest } from '../contracts/model';
import type { EndpointSettings } from '../contracts/settings';
import type { HoldfastError } from '../errors/holdfast-error';
import { AnswerText } from './answer-text';
import type { AnswerReader } from './answer-reader';
import { longestAnswer } from './answer-size';
import type { BatchLine } from './batch-provider';
import { completeUsage } from './estimate-usage';
import { explainEnd, explainError, explainOutcome } from './explain-failure';
import type { Classifier } from './explain-failure';
import { failureOf } from './failure';
import type { FailureFacts } from './failure';

interface Document {
  readonly endpoint: EndpointSettings;
  readonly request: ModelRequest;
  readonly classifier: Classifier;
  readonly reader: AnswerReader;
  /** The document in the form of the stream it stands for. */
  readonly events: readonly unknown[];
  readonly requestId: string | undefined;
}

/** Throws `HoldfastError` for an answer that is none. */
export function answerOfDocument(document: Document): ModelAnswer {
  const { endpoint, request, reader, requestId } = document;
  const text = readText(document);
  const { finishReason, finishCode, model, usage, toolCalls = [], unreadableToolCall, carried } = reader.outcome;
  const charged = completeUsage(usage, request, text.length);
  if (finishReason === undefined) {
    throw failureOf(endpoint, { requestId, usage: charged }, text === '' ? explainEnd(false) : cut);
  }
  const hasToolCalls = toolCalls.length > 0;
  const problem = explainOutcome({ finishReason, finishCode, text, hasToolCalls, unreadableToolCall });
  if (problem !== undefined) throw failureOf(endpoint, { requestId, usage: charged }, problem);
  return {
    text,
    ...(hasToolCalls ? { toolCalls } : {}),
    ...(carried === undefined ? {} : { carried }),
    finishReason,
    usage: charged,
    model: model ?? request.model,
    ...(requestId === undefined ? {} : { requestId }),
    // Whoever waits for a batch waits for all of it: one answer takes no time of its own.
    durationMs: 0,
  };
}

function readText({ endpoint, classifier, reader, events, requestId }: Document): string {
  const text = new AnswerText(undefined);
  try {
    for (const event of events) {
      const content = reader.read(event);
      if (content.text !== undefined) text.add(content.text);
    }
  } catch (error) {
    throw failureOf(endpoint, { requestId }, explainError(classifier, error));
  }
  return text.finish();
}

const cut: FailureFacts = {
  type: 'Llm.Truncated',
  what: 'sent a batch result without an end',
  code: 'malformed_event',
};
const tooLong: FailureFacts = {
  type: 'Llm.OutputInvalid',
  what: `sent a batch result of more than ${longestAnswer / 1_024 ** 2} MiB`,
  code: 'answer_too_large',
};

/** What is wrong with a line before anybody looks at what it says; undefined for a good one. */
export function lineFailure(endpoint: EndpointSettings, line: BatchLine): HoldfastError | undefined {
  if (line.isTooLong) return failureOf(endpoint, {}, tooLong);
  return line.value === undefined ? failureOf(endpoint, {}, cut) : undefined;
}

const notReached = {
  expired: { type: 'Llm.Timeout', what: 'did not reach the request before its batch expired', code: 'batch_expired' },
  cancelled: { type: 'Llm.Cancelled', what: 'cancelled the batch of the request', code: 'batch_cancelled' },
} as const satisfies Record<string, FailureFacts>;

/** Neither run nor charged. */
export function notReachedFailure(endpoint: EndpointSettings, why: keyof typeof notReached): HoldfastError {
  return failureOf(endpoint, {}, notReached[why]);
}
