/** Events of a Messages stream. */
import type { FinishReason } from '../../contracts/model';
import type { EndpointSettings } from '../../contracts/settings';
import { leavesCallsWhole, noContent } from '../answer-reader';
import type { AnswerOutcome, AnswerReader, EventContent } from '../answer-reader';
import { carry } from '../carried';
import { isRecord, lookUp, recordOf, textOf } from '../wire-value';
import type { WireRecord } from '../wire-value';
import { addCounts, mapUsage } from './map-usage';
import type { UsageCounts } from './map-usage';
import { BlockReader } from './read-blocks';

/** First line of the stream's last event, which has no content. JSON escapes line ends, so it cannot stand in another. */
export const endMark = /[\r\n]event: ?message_stop[\r\n]/;

const finishReasonOf: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'toolCalls',
  max_tokens: 'maxTokens',
  refusal: 'contentFilter',
  model_context_window_exceeded: 'contextWindow',
};

/** The API paused a long turn of its own tools, to be gone on with. We ask for none: what there is, is half an answer. */
const unfinished = 'pause_turn';

const lastEvent: EventContent = { ...noContent, isEnd: true };

export function createAnswerReader(endpoint: EndpointSettings): AnswerReader {
  return new EventReader(endpoint);
}

class EventReader implements AnswerReader {
  private readonly blocks = new BlockReader();
  private stopReason: string | undefined;
  private model: string | undefined;
  private counts: UsageCounts = {};

  constructor(private readonly endpoint: EndpointSettings) {}

  read(event: unknown): EventContent {
    if (!isRecord(event)) return noContent;
    switch (event['type']) {
      case 'message_start':
        return this.readStart(recordOf(event['message']));
      case 'content_block_start':
        return this.blocks.start(event['index'], recordOf(event['content_block']));
      case 'content_block_delta':
        return this.blocks.add(event['index'], recordOf(event['delta']));
      case 'content_block_stop':
        return this.blocks.stop(event['index']);
      case 'message_delta':
        this.stopReason = textOf(recordOf(event['delta'])['stop_reason']) ?? this.stopReason;
        this.counts = addCounts(this.counts, event['usage']);
        return noContent;
      case 'message_stop':
        return lastEvent;
      default:
        return noContent;
    }
  }

  get outcome(): AnswerOutcome {
    const { stopReason, model, counts, blocks, endpoint } = this;
    const { toolCalls, unreadableToolCall, outline } = blocks;
    const known = { finishCode: stopReason, model, usage: mapUsage(counts), unreadableToolCall };
    if (stopReason === undefined || stopReason === unfinished) return known;
    const finishReason = lookUp(finishReasonOf, stopReason) ?? 'other';
    const isCalling = toolCalls.length > 0 && leavesCallsWhole(finishReason);
    if (!isCalling) return { ...known, finishReason: finishReason === 'toolCalls' ? 'other' : finishReason };
    return {
      ...known,
      finishReason: 'toolCalls',
      toolCalls,
      ...(outline === undefined ? {} : { carried: carry(endpoint, outline) }),
    };
  }

  private readStart(message: WireRecord): EventContent {
    this.model = textOf(message['model']) || undefined;
    // Its count of output tokens is that of the first token: of a stream that is cut here, it would say far too little.
    this.counts = { ...addCounts(this.counts, message['usage']), output: undefined };
    return noContent;
  }
}
