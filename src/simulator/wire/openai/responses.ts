/**
 * OpenAI Responses, also as Azure serves it. Every piece of a stream is exactly one event and has its place in the stream
 * as `sequence_number`, 0 first: background mode keeps the pieces and serves them again by that number.
 */
import type { InputRecord } from '../../read-input';
import { textOf } from '../answer';
import type { Answer, AnswerToolCall } from '../answer';
import type { ProviderError } from '../provider-error';
import { contentPieces, endingPiece, framePiece, silence } from '../wire-format';
import type { ModelCall, Piece, WireFormat } from '../wire-format';
import { parseResponsesRequest } from './responses-request';
import * as body from './responses-body';
import type { Unfinished } from './responses-body';

/** The interface whose answers can be generated in the background and fetched by id. */
export interface ResponsesFormat extends WireFormat {
  /** The response object as it is before the answer is complete, or when it never will be. */
  snapshot(answer: Answer, call: ModelCall, state: Unfinished): unknown;
  /** The event that ends a response that failed. */
  failedEvent(answer: Answer, call: ModelCall, failure: { error: ProviderError; sent: number }): string;
}

export function isResponses(wire: WireFormat): wire is ResponsesFormat {
  return wire.name === 'responses';
}

export const responses: ResponsesFormat = {
  name: 'responses',
  opensBeforeFirstToken: true,
  parse: parseResponsesRequest,
  newAnswerId: (hex) => `resp_${hex}`,
  newToolCallId: (hex) => `call_${hex}`,
  json: (answer, call) => body.completed(answer, call),
  stream: streamOf,
  keepAlive: ': keep-alive\n\n',
  errorEvent: (error, { errors, requestId, sent }) => {
    const { error: nested } = errors.body(error, requestId) as { error: object };
    return event('error', { error: nested }, sent);
  },
  snapshot: (answer, call, state) => body.unfinished(answer, call, state),
  failedEvent: (answer, call, { error, sent }) => {
    return event('response.failed', { response: body.unfinished(answer, call, { status: 'failed', error }) }, sent);
  },
};

/** Gives each event its number. */
class Numbering {
  private next = 0;

  event(type: string, data: InputRecord): string {
    const text = event(type, data, this.next);
    this.next += 1;
    return text;
  }

  frame(type: string, data: InputRecord): Piece {
    return framePiece(this.event(type, data));
  }
}

function* streamOf(answer: Answer, call: ModelCall): Generator<Piece> {
  const numbering = new Numbering();
  const status = call.isBackground ? 'queued' : 'in_progress';
  yield numbering.frame('response.created', { response: body.unfinished(answer, call, { status }) });
  if (call.isBackground)
    yield numbering.frame('response.queued', { response: body.unfinished(answer, call, { status }) });
  yield numbering.frame('response.in_progress', { response: body.unfinished(answer, call, { status: 'in_progress' }) });
  const items = body.itemsOf(answer, call);
  for (const [index, item] of items.entries()) {
    if (item.type === 'reasoning') yield* reasoningEvents(numbering, index, { item, tokens: answer.reasoningTokens });
    else if (item.type === 'message') yield* messageEvents(numbering, index, { item, answer });
    else yield* callEvents(numbering, index, { item, call: item.call });
  }
  // What was cut off while the model still thought has no item of its own to pass the time in.
  if (items[0]?.type !== 'reasoning') yield* silence(answer.reasoningTokens);
  const final = body.completed(answer, call);
  yield endingPiece(numbering.event(`response.${final.status}`, { response: final }));
}

function* reasoningEvents(
  numbering: Numbering,
  index: number,
  { item, tokens }: { item: body.ReasoningItem; tokens: number },
): Generator<Piece> {
  const place = { output_index: index, item_id: item.wire.id };
  yield numbering.frame('response.output_item.added', { output_index: index, item: { ...item.wire, summary: [] } });
  yield* silence(tokens);
  for (const [summaryIndex, part] of item.wire.summary.entries()) {
    const at = { ...place, summary_index: summaryIndex };
    yield numbering.frame('response.reasoning_summary_part.added', { ...at, part: { ...part, text: '' } });
    yield numbering.frame('response.reasoning_summary_text.delta', { ...at, delta: part.text });
    yield numbering.frame('response.reasoning_summary_text.done', { ...at, text: part.text });
    yield numbering.frame('response.reasoning_summary_part.done', { ...at, part });
  }
  yield numbering.frame('response.output_item.done', { output_index: index, item: item.wire });
}

function* messageEvents(
  numbering: Numbering,
  index: number,
  { item, answer }: { item: body.MessageItem; answer: Answer },
): Generator<Piece> {
  const text = textOf(answer);
  const part = body.partOf(answer, text);
  const isRefusal = part.type === 'refusal';
  const type = isRefusal ? 'response.refusal' : 'response.output_text';
  const at = { item_id: item.wire.id, output_index: index, content_index: 0 };
  const logprobs = isRefusal ? {} : { logprobs: [] };
  const added = { ...item.wire, status: 'in_progress', content: [] };
  yield numbering.frame('response.output_item.added', { output_index: index, item: added });
  yield numbering.frame('response.content_part.added', { ...at, part: body.partOf(answer, '') });
  yield* contentPieces(answer.tokens, 1, (delta) => numbering.event(`${type}.delta`, { ...at, delta, ...logprobs }));
  const whole = isRefusal ? { refusal: text } : { text };
  yield numbering.frame(`${type}.done`, { ...at, ...whole, ...logprobs });
  yield numbering.frame('response.content_part.done', { ...at, part });
  yield numbering.frame('response.output_item.done', { output_index: index, item: item.wire });
}

function* callEvents(
  numbering: Numbering,
  index: number,
  { item, call }: { item: body.CallItem; call: AnswerToolCall },
): Generator<Piece> {
  const at = { item_id: item.wire.id, output_index: index };
  const added = { ...item.wire, arguments: '', status: 'in_progress' };
  yield numbering.frame('response.output_item.added', { output_index: index, item: added });
  const type = 'response.function_call_arguments';
  yield* contentPieces(call.tokens, 3, (delta) => numbering.event(`${type}.delta`, { ...at, delta }));
  yield numbering.frame(`${type}.done`, { ...at, name: call.name, arguments: call.tokens.join('') });
  yield numbering.frame('response.output_item.done', { output_index: index, item: item.wire });
}

function event(type: string, data: InputRecord, sequenceNumber: number): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequenceNumber, ...data })}\n\n`;
}
