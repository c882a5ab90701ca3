/** OpenAI's Responses stream: every event is numbered, and the last one repeats the whole answer. */
import { event, wireUsage } from './dialect';
import type { Dialect, FinishWord, WireError, WireToolCall, WireUsage } from './dialect';

interface Item {
  readonly id: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

export class OpenAiResponses implements Dialect {
  static readonly responseId = 'resp_wire_1';
  readonly model = 'gpt-4.1-2025-04-14';
  private sequence = 0;
  private said = '';
  private refused = '';
  private messageIndex: number | undefined;
  private hasReasoned = false;
  private readonly items: Item[] = [];

  /** Numbered like any other event. */
  get ping(): string {
    return this.event('keepalive', { model: this.model });
  }

  get unknown(): string {
    return this.event('response.surprise', { surprise: { delta: 7 }, item: 'none' });
  }

  open(): string {
    const response = this.response('in_progress');
    return this.event('response.created', { response }) + this.event('response.in_progress', { response });
  }

  text(piece: string): string {
    this.said += piece;
    const opened = this.openMessage({ type: 'output_text', text: '', annotations: [], logprobs: [] });
    return opened + this.event('response.output_text.delta', { ...this.part, delta: piece, logprobs: [] });
  }

  /** What a model says in place of an answer. */
  refusal(piece: string): string {
    this.refused += piece;
    const opened = this.openMessage({ type: 'refusal', refusal: '' });
    return opened + this.event('response.refusal.delta', { ...this.part, delta: piece });
  }

  reasoning(piece: string): string {
    const item = { id: 'rs_1', type: 'reasoning', summary: [] };
    const opened = this.hasReasoned ? '' : this.addItem(item, 'in_progress');
    this.hasReasoned = true;
    const at = { item_id: item.id, output_index: 0, summary_index: 0 };
    return opened + this.event('response.reasoning_summary_text.delta', { ...at, delta: piece });
  }

  toolCall({ id, name, argumentPieces }: WireToolCall): string {
    const whole = argumentPieces.join('');
    const item = { id: `fc_${id}`, type: 'function_call', call_id: id, name, arguments: '' };
    const opened = this.addItem(item, 'in_progress');
    const at = { item_id: item.id, output_index: this.items.length - 1 };
    const pieces = argumentPieces.map((delta) =>
      this.event('response.function_call_arguments.delta', { ...at, delta }),
    );
    const done = { ...item, arguments: whole, status: 'completed' };
    this.items[this.items.length - 1] = done;
    const ends = [
      this.event('response.function_call_arguments.done', { ...at, name, arguments: whole }),
      this.event('response.output_item.done', { output_index: at.output_index, item: done }),
    ];
    return [opened, ...pieces, ...ends].join('');
  }

  finish(reason: FinishWord | { readonly raw: string }, usage?: WireUsage): string {
    const incomplete = incompleteReasonOf(reason);
    const closed = this.closeMessage();
    if (incomplete === undefined) {
      return closed + this.event('response.completed', { response: this.response('completed', { usage }) });
    }
    const response = this.response('incomplete', { usage, incomplete_details: { reason: incomplete } });
    return closed + this.event('response.incomplete', { response });
  }

  /** The response itself failed: the provider's last word on it, after HTTP 200. */
  failed(code: string, message: string): string {
    return this.event('response.failed', { response: this.response('failed', { error: { code, message } }) });
  }

  /** Somebody has cancelled the response, or it has expired. */
  over(status: 'cancelled' | 'expired'): string {
    return this.event(`response.${status}`, { response: this.response(status) });
  }

  /** The last event is the one with the finish reason. */
  end(): string {
    return '';
  }

  errorEvent({ message, type, code }: WireError): string {
    return this.event('error', { code: code ?? type ?? null, message, param: null });
  }

  errorBody({ message, type = 'invalid_request_error', code }: WireError): unknown {
    return { error: { message, type, param: null, code: code ?? null } };
  }

  document(text: string): unknown {
    const content = [{ type: 'output_text', text, annotations: [] }];
    const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content };
    return { ...this.response('completed', { usage: wireUsage }), output: [item] };
  }

  /** A response that is over without an answer, as a document. */
  overDocument(status: 'cancelled' | 'expired'): unknown {
    return this.response(status);
  }

  private get part(): { item_id: string; output_index: number; content_index: number } {
    return { item_id: 'msg_1', output_index: this.messageIndex ?? 0, content_index: 0 };
  }

  private openMessage(part: unknown): string {
    if (this.messageIndex !== undefined) return '';
    this.messageIndex = this.items.length;
    const added = this.addItem({ id: 'msg_1', type: 'message', role: 'assistant', content: [] }, 'in_progress');
    return added + this.event('response.content_part.added', { ...this.part, part });
  }

  private closeMessage(): string {
    if (this.messageIndex === undefined) return '';
    const { part } = this;
    const isRefusal = this.refused !== '';
    const whole = isRefusal
      ? { type: 'refusal', refusal: this.refused }
      : { type: 'output_text', text: this.said, annotations: [] };
    const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [whole] };
    this.items[part.output_index] = item;
    const text = isRefusal ? { refusal: this.refused } : { text: this.said, logprobs: [] };
    return [
      this.event(isRefusal ? 'response.refusal.done' : 'response.output_text.done', { ...part, ...text }),
      this.event('response.content_part.done', { ...part, part: whole }),
      this.event('response.output_item.done', { output_index: part.output_index, item }),
    ].join('');
  }

  private addItem(item: Item, status: string): string {
    this.items.push(item);
    return this.event('response.output_item.added', {
      output_index: this.items.length - 1,
      item: { ...item, status },
    });
  }

  private event(type: string, fields: object): string {
    return event(type, { type, sequence_number: this.sequence++, ...fields });
  }

  private response(status: string, fields: { usage?: WireUsage | undefined; [field: string]: unknown } = {}): object {
    const { usage, ...rest } = fields;
    return {
      id: OpenAiResponses.responseId,
      object: 'response',
      created_at: 1_795_254_000,
      status,
      error: null,
      incomplete_details: null,
      model: this.model,
      output: status === 'in_progress' ? [] : this.items,
      usage: usage === undefined ? null : usageBody(usage),
      ...rest,
    };
  }
}

function incompleteReasonOf(reason: FinishWord | { readonly raw: string }): string | undefined {
  if (typeof reason !== 'string') return reason.raw;
  if (reason === 'length') return 'max_output_tokens';
  return reason === 'filtered' ? 'content_filter' : undefined;
}

function usageBody({ input, output, cached, reasoning }: WireUsage): unknown {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
