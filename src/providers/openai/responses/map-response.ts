/**
 * Events of a Responses stream. It ends with one of `response.completed`, `.incomplete` and `.failed`, which repeats
 * the whole response: an answer counts when that event was read to its end.
 */
import type { FinishReason } from '../../../contracts/model';
import type { EndpointSettings } from '../../../contracts/settings';
import type { Usage } from '../../../contracts/usage';
import { noContent } from '../../answer-reader';
import type { AnswerOutcome, AnswerReader, EventContent } from '../../answer-reader';
import { FailedAnswerError } from '../../explain-failure';
import { identifierOf } from '../../failure';
import type { FailureFacts } from '../../failure';
import { isRecord, lookUp, recordOf, textOf } from '../../wire-value';
import type { WireRecord } from '../../wire-value';
import { classifyErrorBody } from '../classify-error';
import { mapResponsesUsage } from '../map-usage';
import { carriedOf } from './carried-items';
import { isCommentary, readCalls, readMessages } from './read-output';

const finishReasonOf: Readonly<Record<string, FinishReason>> = {
  completed: 'stop',
  max_output_tokens: 'maxTokens',
  content_filter: 'contentFilter',
};

const atWork: EventContent = { isContent: true };

interface ReaderOptions {
  readonly endpoint: EndpointSettings;
  /** The response was begun before: without a good end it is lost, and asking for it once more would not help. */
  readonly isResumed: boolean;
}

export function createAnswerReader(options: ReaderOptions): AnswerReader {
  return new ResponseReader(options);
}

class ResponseReader implements AnswerReader {
  private finishCode: string | undefined;
  private isRefused = false;
  /** The text so far, as it came. */
  private text = '';
  private model: string | undefined;
  private usage: Partial<Usage> = {};
  private items: readonly WireRecord[] = [];
  /** Numbers of the items whose text is no part of the answer. */
  private readonly commentary = new Set<unknown>();

  constructor(private readonly options: ReaderOptions) {}

  read(event: unknown): EventContent {
    if (!isRecord(event)) return noContent;
    switch (event['type']) {
      case 'response.created':
      case 'response.in_progress':
        this.readResponse(recordOf(event['response']));
        return noContent;
      case 'response.output_item.added':
        if (isCommentary(event['item'])) this.commentary.add(event['output_index']);
        return noContent;
      case 'response.output_item.done':
        if (isRecord(event['item'])) this.items = [...this.items, event['item']];
        return noContent;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
      case 'response.expired':
        return this.readEnd(recordOf(event['response']));
      default:
        return this.readDelta(event);
    }
  }

  get outcome(): AnswerOutcome {
    const { finishCode, model, usage } = this;
    if (this.isRefused) return { finishReason: 'contentFilter', finishCode: 'refusal', model, usage };
    if (finishCode === undefined) return { model, usage };
    const finishReason = lookUp(finishReasonOf, finishCode) ?? 'other';
    if (finishReason === 'contentFilter') return { finishReason, finishCode, model, usage };
    const { calls, unreadable } = readCalls(this.items, { isCut: finishReason === 'maxTokens' });
    if (calls.length === 0) return { finishReason, finishCode, model, usage, unreadableToolCall: unreadable };
    const carried = carriedOf(this.items, this.options.endpoint);
    return { finishReason: 'toolCalls', finishCode, model, usage, toolCalls: calls, carried };
  }

  /** Reasoning and arguments of calls are work without a word. */
  private readDelta(event: WireRecord): EventContent {
    switch (event['type']) {
      case 'response.output_text.delta':
        return this.commentary.has(event['output_index']) ? atWork : this.readText(textOf(event['delta']));
      case 'response.refusal.delta':
        this.isRefused = true;
        return atWork;
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary_text.delta':
      case 'response.function_call_arguments.delta':
        return atWork;
      default:
        return noContent;
    }
  }

  private readText(text: string | undefined): EventContent {
    if (text === undefined || text === '') return noContent;
    this.text += text;
    return { text, isContent: true };
  }

  private readResponse(response: WireRecord): void {
    this.model ??= textOf(response['model']) || undefined;
    if (isRecord(response['usage'])) this.usage = mapResponsesUsage(response['usage']);
  }

  private readEnd(response: WireRecord): EventContent {
    this.readResponse(response);
    const status = identifierOf(response['status']);
    if (status === 'failed') throw new FailedAnswerError(classifyErrorBody(response['error'], {}));
    if (status === 'cancelled' || status === 'expired') throw new FailedAnswerError(this.ended(status));
    const reason = status === 'incomplete' ? recordOf(response['incomplete_details'])['reason'] : status;
    this.finishCode = identifierOf(reason) ?? 'unknown';
    return { ...this.readOutput(response['output']), isEnd: true };
  }

  /** What the events before did not say: all of it, or the rest, when the response was asked for after its end. */
  private readOutput(output: unknown): EventContent {
    const items = Array.isArray(output) ? output.filter(isRecord) : [];
    if (items.length > this.items.length) this.items = items;
    const { text, isRefused } = readMessages(items);
    this.isRefused ||= isRefused;
    if (text === '') return noContent;
    // What was handed on cannot be taken back, and nobody knows which of the two is the answer.
    if (!text.startsWith(this.text)) throw new FailedAnswerError(this.inconsistent());
    return this.readText(text.slice(this.text.length));
  }

  private ended(status: string): FailureFacts {
    const type = this.options.isResumed ? 'Llm.ResumeLost' : 'Llm.Cancelled';
    return { type, code: status, what: `ended the response as ${status}` };
  }

  private inconsistent(): FailureFacts {
    const type = this.options.isResumed ? 'Llm.ResumeLost' : 'Llm.Truncated';
    return { type, code: 'inconsistent_answer', what: 'ended its answer with another text than it had streamed' };
  }
}
