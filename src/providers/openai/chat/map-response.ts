/** Chunks of a Chat Completions stream, also as Azure and compatible servers send them. */
import type { FinishReason } from '../../../contracts/model';
import type { Usage } from '../../../contracts/usage';
import { noContent } from '../../answer-reader';
import type { AnswerOutcome, AnswerReader, EventContent } from '../../answer-reader';
import { FailedAnswerError } from '../../explain-failure';
import type { FailureFacts } from '../../failure';
import { isRecord, lookUp, recordOf, textOf } from '../../wire-value';
import type { WireRecord } from '../../wire-value';
import { classifyErrorBody } from '../classify-error';
import { mapChatUsage } from '../map-usage';
import { ToolCallPieces } from './tool-call-pieces';

/** The stream's last line. JSON escapes line ends, so it cannot stand inside an event. */
export const endMark = /[\r\n]data: ?\[DONE\]/;

const finishReasonOf: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  tool_calls: 'toolCalls',
  length: 'maxTokens',
  content_filter: 'contentFilter',
};

/** Reasons of compatible servers that are none: the server broke down, or ended the call on its own. */
const failureOfReason: Readonly<Record<string, FailureFacts>> = {
  error: { type: 'Llm.ServerError', code: 'error', what: 'broke its answer off with an error' },
  abort: { type: 'Llm.Truncated', code: 'abort', what: 'broke its answer off before the end' },
};

export function createAnswerReader(): AnswerReader {
  return new ChunkReader();
}

class ChunkReader implements AnswerReader {
  private finishCode: string | undefined;
  private isRefused = false;
  private isFiltered = false;
  private model: string | undefined;
  private usage: Partial<Usage> = {};
  private readonly toolCalls = new ToolCallPieces();

  read(event: unknown): EventContent {
    if (!isRecord(event)) return noContent;
    // vLLM sends its errors as events of their own, without the `error` that the SDK looks for.
    if (event['object'] === 'error') throw new FailedAnswerError(classifyErrorBody(event, {}));
    this.model ??= textOf(event['model']) || undefined;
    if (isRecord(event['usage'])) this.usage = mapChatUsage(event['usage']);
    const choices: readonly unknown[] = Array.isArray(event['choices']) ? event['choices'] : [];
    const choice = recordOf(choices[0]);
    this.readFinish(choice);
    return this.readDelta(recordOf(choice['delta']));
  }

  get outcome(): AnswerOutcome {
    const { finishCode, model, usage } = this;
    // The model's own refusal ends with `stop`, but it is a refusal: never to be taken to another model.
    if (this.isRefused) return { finishReason: 'contentFilter', finishCode: 'refusal', model, usage };
    if (this.isFiltered) return { finishReason: 'contentFilter', finishCode: 'content_filter', model, usage };
    if (finishCode === undefined) return { model, usage };
    const finishReason = lookUp(finishReasonOf, finishCode) ?? 'other';
    if (finishReason === 'contentFilter') return { finishReason, finishCode, model, usage };
    const { calls, unreadable } = this.toolCalls.conclude({ isCut: finishReason === 'maxTokens' });
    // Some servers end an answer that is nothing but tool calls with `stop`.
    if (calls.length > 0) return { finishReason: 'toolCalls', finishCode, model, usage, toolCalls: calls };
    const withoutCalls = finishReason === 'toolCalls' ? 'other' : finishReason;
    return { finishReason: withoutCalls, finishCode, model, usage, unreadableToolCall: unreadable };
  }

  /**
   * Azure's asynchronous filter looks at what was sent already: its verdict may come after the finish reason, or
   * before the rest of the text, and holds whatever else is said.
   */
  private readFinish(choice: WireRecord): void {
    const code = textOf(choice['finish_reason']);
    const failure = lookUp(failureOfReason, code);
    if (failure !== undefined) throw new FailedAnswerError(failure);
    this.finishCode = code ?? this.finishCode;
    const verdicts = Object.values(recordOf(choice['content_filter_results']));
    if (this.finishCode === 'content_filter' || verdicts.some((verdict) => recordOf(verdict)['filtered'] === true)) {
      this.isFiltered = true;
    }
  }

  private readDelta(delta: WireRecord): EventContent {
    const text = textOf(delta['content']) || undefined;
    const refusal = textOf(delta['refusal']) || undefined;
    // Not of OpenAI itself, but of servers that speak its protocol.
    const reasoning = textOf(delta['reasoning_content']) || textOf(delta['reasoning']) || undefined;
    const calls: readonly unknown[] = Array.isArray(delta['tool_calls']) ? delta['tool_calls'] : [];
    for (const call of calls) this.toolCalls.add(recordOf(call));
    if (refusal !== undefined) this.isRefused = true;
    return { text, isContent: calls.length > 0 || [text, refusal, reasoning].some((part) => part !== undefined) };
  }
}
