/** Failures that look the same at every provider: timers, cut streams, bodies that are no stream, useless answers. */
import type { FinishReason } from '../contracts/model';
import type { CallTimeouts } from '../contracts/settings';
import { AnswerTooLargeError, longestAnswer } from './answer-size';
import { formatDuration, identifierOf } from './failure';
import type { FailureFacts } from './failure';
import { TransportError } from './http-fetch';
import type { TimerName } from './timers';

/** More of a body that is no stream is not read. */
const longestBody = 65_536;

/** A success whose body is not an event stream: a gateway's page, or an error sent with status 200. */
export class UnstreamedBodyError extends Error {
  override readonly name = 'UnstreamedBodyError';

  private constructor(
    private readonly response: Response,
    /** The body, or its beginning. */
    readonly text: string,
  ) {
    super('the body is not an event stream');
  }

  get status(): number {
    return this.response.status;
  }

  get headers(): Headers {
    return this.response.headers;
  }

  get contentType(): string {
    return /^[\w.+/-]{1,60}/.exec(this.headers.get('content-type') ?? '')?.[0] ?? 'another type';
  }

  static async read(response: Response): Promise<UnstreamedBodyError> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length > longestBody) break;
    }
    return new UnstreamedBodyError(response, text);
  }
}

/** An error that came as an event of the stream, already classified. */
export class FailedAnswerError extends Error {
  override readonly name = 'FailedAnswerError';

  constructor(readonly facts: FailureFacts) {
    super('the provider broke its answer off');
  }
}

/** A provider's `classify-error.ts`. */
export interface Classifier {
  /** What the SDK threw; undefined for what neither the provider nor the network can be blamed for. */
  classifyError(error: unknown): FailureFacts | undefined;
  /** A JSON body in place of a stream; undefined when it is not an error. */
  classifyBody(body: unknown, headers: Headers): FailureFacts | undefined;
}

export function explainError(classifier: Classifier, error: unknown): FailureFacts {
  if (error instanceof FailedAnswerError) return error.facts;
  if (error instanceof UnstreamedBodyError) return explainBody(classifier, error);
  if (isTooLarge(error)) return tooLarge;
  // SDKs wrap a transport error unless it comes in the middle of the body.
  if (error instanceof TransportError) return { ...explainEnd(true), code: identifierOf(error.code) };
  if (error instanceof SyntaxError) {
    return { type: 'Llm.Truncated', what: 'sent an event that is not JSON', code: 'malformed_event' };
  }
  const facts = classifier.classifyError(error);
  return facts ?? { type: 'Llm.Internal', what: 'could not be called because of a defect', cause: error };
}

const tooLarge: FailureFacts = {
  type: 'Llm.OutputInvalid',
  code: 'answer_too_large',
  what: `sent more than ${longestAnswer / 1_024 ** 2} MiB in one answer`,
};

/** Some SDKs wrap what goes wrong while they read a body. */
function isTooLarge(error: unknown): boolean {
  if (error instanceof AnswerTooLargeError) return true;
  return error instanceof Error && error.cause instanceof AnswerTooLargeError;
}

/** The stream is over without its end mark or without a finish reason. */
export function explainEnd(hasEvents: boolean): FailureFacts {
  return hasEvents
    ? { type: 'Llm.Truncated', what: 'broke its answer off before the end' }
    : { type: 'Llm.EmptyResponse', what: 'answered without any content' };
}

export function explainTimer(timer: TimerName, timeouts: CallTimeouts): FailureFacts {
  switch (timer) {
    case 'connect':
      return { type: 'Llm.Connection', timer, what: `did not connect within ${formatDuration(timeouts.connectMs)}` };
    case 'firstToken':
      return { type: 'Llm.Timeout', timer, what: `sent no content for ${formatDuration(timeouts.firstTokenMs)}` };
    case 'idle':
      return { type: 'Llm.Stalled', timer, what: `fell silent for ${formatDuration(timeouts.idleMs)} in its answer` };
    case 'call':
      return { type: 'Llm.Timeout', timer, what: `did not finish within ${formatDuration(timeouts.callMs)}` };
  }
}

/** What is wrong with an answer that came to its end; undefined for a good one. */
export function explainOutcome(answer: {
  finishReason: FinishReason;
  finishCode: string | undefined;
  text: string;
  hasToolCalls: boolean;
  unreadableToolCall: string | undefined;
}): FailureFacts | undefined {
  const code = identifierOf(answer.finishCode);
  const stopped = code === undefined ? '' : ` (${code})`;
  if (answer.finishReason === 'contentFilter') {
    return { type: 'Llm.ContentFiltered', code, what: `refused the answer for its content policy${stopped}` };
  }
  if (answer.finishReason === 'contextWindow') {
    return { type: 'Llm.ContextTooLong', code, what: `ran out of its context window${stopped}` };
  }
  if (answer.unreadableToolCall !== undefined) {
    const tool = identifierOf(answer.unreadableToolCall) ?? 'a tool';
    return answer.finishReason === 'maxTokens'
      ? { type: 'Llm.OutputCut', code, what: `reached its token limit within the arguments for ${tool}` }
      : { type: 'Llm.OutputInvalid', code, what: `called ${tool} with arguments that are not a JSON object` };
  }
  if (answer.hasToolCalls) return undefined;
  // Also when it stopped at its token limit: reasoning took all of them, and there is nothing to hand on.
  if (answer.text.trim() === '') {
    return { type: 'Llm.EmptyResponse', code, what: `answered without any content${stopped}` };
  }
  return undefined;
}

function explainBody(classifier: Classifier, body: UnstreamedBodyError): FailureFacts {
  const { contentType, status, headers, text } = body;
  if (text.trim() === '') return { ...explainEnd(false), status };
  const isJson = contentType.includes('json');
  const parsed = isJson ? parseJson(text) : undefined;
  if (parsed !== undefined) {
    const facts = classifier.classifyBody(parsed, headers);
    if (facts !== undefined) return facts;
  }
  // Cut JSON was an answer once. A page of a gateway, or a whole document, never was the stream we asked for.
  if (isJson && parsed === undefined && text.length <= longestBody) return { ...explainEnd(true), status };
  const what = `answered ${status} with ${contentType} instead of an event stream`;
  return { type: 'Llm.ServerError', status, code: 'unexpected_content_type', what };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // The caller asks whether it is JSON.
  }
}
