/** A line of a batch's results: `{ custom_id, result: { type: succeeded | errored | canceled | expired, … } }`. */
import type { ModelAnswer, ModelRequest } from '../../../contracts/model';
import type { EndpointSettings } from '../../../contracts/settings';
import { answerOfDocument, lineFailure, notReachedFailure } from '../../batch-answer';
import type { BatchLine } from '../../batch-provider';
import { failureOf, identifierOf } from '../../failure';
import { recordOf } from '../../wire-value';
import type { WireRecord } from '../../wire-value';
import { classifyBody, classifyError } from '../classify-error';
import { createAnswerReader } from '../map-response';

interface Asked {
  readonly endpoint: EndpointSettings;
  readonly request: ModelRequest;
}

export function answerOfLine(line: BatchLine, asked: Asked): ModelAnswer {
  const { endpoint } = asked;
  const unreadable = lineFailure(endpoint, line);
  if (unreadable !== undefined) throw unreadable;
  const result = recordOf(recordOf(line.value)['result']);
  if (result['type'] === 'expired') throw notReachedFailure(endpoint, 'expired');
  if (result['type'] === 'canceled') throw notReachedFailure(endpoint, 'cancelled');
  if (result['type'] === 'errored') {
    const facts = classifyBody(result['error'], new Headers()) ?? unknownError;
    throw failureOf(endpoint, { requestId: identifierOf(recordOf(result['error'])['request_id']) }, facts);
  }
  return answerOfDocument({
    ...asked,
    classifier: { classifyError, classifyBody },
    reader: createAnswerReader(endpoint),
    events: eventsOf(recordOf(result['message'])),
    requestId: undefined,
  });
}

const unknownError = { type: 'Llm.ServerError', what: 'failed the request of a batch without saying why' } as const;

/** A whole message as the events of a stream: each block begins with all of its content. */
function eventsOf(message: WireRecord): WireRecord[] {
  const content: readonly unknown[] = Array.isArray(message['content']) ? message['content'] : [];
  const blocks = content.flatMap((block, index) => [
    { type: 'content_block_start', index, content_block: recordOf(block) },
    ...thinkingOf(recordOf(block), index),
    { type: 'content_block_stop', index },
  ]);
  const { stop_reason: stopReason, usage } = message;
  return [
    { type: 'message_start', message },
    ...blocks,
    { type: 'message_delta', delta: { stop_reason: stopReason }, usage },
  ];
}

/** The one kind of block whose content a stream never sends with its start. */
function thinkingOf({ type, thinking, signature }: WireRecord, index: number): WireRecord[] {
  if (type !== 'thinking') return [];
  const delta = (part: WireRecord): WireRecord => ({ type: 'content_block_delta', index, delta: part });
  return [delta({ type: 'thinking_delta', thinking }), delta({ type: 'signature_delta', signature })];
}
