/** Chunks of a Chat Completions stream. */
import type { FinishReason } from '../../contracts/model';
import type { Usage } from '../../contracts/usage';
import { noContent } from '../answer-reader';
import type { AnswerOutcome, AnswerReader, EventContent } from '../answer-reader';
import { isRecord, lookUp, recordOf, textOf } from '../wire-value';
import { mapUsage } from './map-usage';

/** The stream's last line. JSON escapes line ends, so it cannot stand inside an event. */
export const endMark = /[\r\n]data: ?\[DONE\]/;

const finishReasonOf: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'maxTokens',
  content_filter: 'contentFilter',
};

export function createAnswerReader(): AnswerReader {
  return new ChunkReader();
}

class ChunkReader implements AnswerReader {
  private finishCode: string | undefined;
  private isRefused = false;
  private model: string | undefined;
  private usage: Partial<Usage> = {};

  read(event: unknown): EventContent {
    if (!isRecord(event)) return noContent;
    this.model ??= textOf(event['model']) || undefined;
    if (isRecord(event['usage'])) this.usage = mapUsage(event['usage']);
    const choices: readonly unknown[] = Array.isArray(event['choices']) ? event['choices'] : [];
    const choice = recordOf(choices[0]);
    this.finishCode = textOf(choice['finish_reason']) ?? this.finishCode;
    return this.readDelta(recordOf(choice['delta']));
  }

  get outcome(): AnswerOutcome {
    const { finishCode, isRefused, model, usage } = this;
    // The model's own refusal ends with `stop`, but it is a refusal: never to be taken to another model.
    if (isRefused) return { finishReason: 'contentFilter', finishCode: 'refusal', model, usage };
    if (finishCode === undefined) return { model, usage };
    return { finishReason: lookUp(finishReasonOf, finishCode) ?? 'other', finishCode, model, usage };
  }

  private readDelta(delta: Readonly<Record<string, unknown>>): EventContent {
    const text = textOf(delta['content']) || undefined;
    const refusal = textOf(delta['refusal']) || undefined;
    // Not of OpenAI itself, but of servers that speak its protocol.
    const reasoning = textOf(delta['reasoning_content']) || textOf(delta['reasoning']) || undefined;
    if (refusal !== undefined) this.isRefused = true;
    return { text, isContent: [text, refusal, reasoning].some((part) => part !== undefined) };
  }
}
