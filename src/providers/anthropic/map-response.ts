/** Events of a Messages stream. */
import type { FinishReason } from '../../contracts/model';
import { noContent } from '../answer-reader';
import type { AnswerOutcome, AnswerReader, EventContent } from '../answer-reader';
import { isRecord, lookUp, recordOf, textOf } from '../wire-value';
import type { WireRecord } from '../wire-value';
import { addCounts, mapUsage } from './map-usage';
import type { UsageCounts } from './map-usage';

/** First line of the stream's last event, which has no content. JSON escapes line ends, so it cannot stand in another. */
export const endMark = /[\r\n]event: ?message_stop[\r\n]/;

const finishReasonOf: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'maxTokens',
  refusal: 'contentFilter',
  model_context_window_exceeded: 'contextWindow',
};

export function createAnswerReader(): AnswerReader {
  return new EventReader();
}

class EventReader implements AnswerReader {
  private stopReason: string | undefined;
  private model: string | undefined;
  private counts: UsageCounts = {};

  read(event: unknown): EventContent {
    if (!isRecord(event)) return noContent;
    switch (event['type']) {
      case 'message_start':
        return this.readStart(recordOf(event['message']));
      case 'content_block_start':
        return contentOf(textOf(recordOf(event['content_block'])['text']));
      case 'content_block_delta':
        return readDelta(recordOf(event['delta']));
      case 'message_delta':
        this.stopReason = textOf(recordOf(event['delta'])['stop_reason']) ?? this.stopReason;
        this.counts = addCounts(this.counts, event['usage']);
        return noContent;
      default:
        return noContent;
    }
  }

  get outcome(): AnswerOutcome {
    const { stopReason, model, counts } = this;
    const finishReason = stopReason === undefined ? undefined : (lookUp(finishReasonOf, stopReason) ?? 'other');
    return { finishReason, finishCode: stopReason, model, usage: mapUsage(counts) };
  }

  private readStart(message: WireRecord): EventContent {
    this.model = textOf(message['model']) || undefined;
    // Its count of output tokens is that of the first token: of a stream that is cut here, it would say far too little.
    this.counts = { ...addCounts(this.counts, message['usage']), output: undefined };
    return noContent;
  }
}

function readDelta(delta: WireRecord): EventContent {
  const isReasoning = delta['type'] === 'thinking_delta' || delta['type'] === 'signature_delta';
  return delta['type'] === 'text_delta' ? contentOf(textOf(delta['text'])) : { isContent: isReasoning };
}

function contentOf(text: string | undefined): EventContent {
  return text === undefined || text === '' ? noContent : { text, isContent: true };
}
