/** Anthropic's Messages stream. */
import { event, wireUsage } from './dialect';
import type { Dialect, FinishWord, WireError, WireToolCall, WireUsage } from './dialect';

const stopReasons: Readonly<Record<FinishWord, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  filtered: 'refusal',
  toolCalls: 'tool_use',
};

/** Part of `input` that went into the prompt cache. */
const cacheWritten = 16;

export class AnthropicMessages implements Dialect {
  private blocks = 0;
  private openBlock: 'text' | 'thinking' | undefined;
  readonly model = 'claude-sonnet-5';
  readonly ping = event('ping', { type: 'ping' });
  readonly unknown = event('content_block_surprise', { type: 'content_block_surprise', index: 'none', delta: [] });

  open({ isSilentOnUsage = false }: { isSilentOnUsage?: boolean } = {}): string {
    const usage = {
      input_tokens: wireUsage.input - wireUsage.cached - cacheWritten,
      cache_creation_input_tokens: cacheWritten,
      cache_read_input_tokens: wireUsage.cached,
      output_tokens: 1,
    };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: this.model, content: [] };
    const open = { ...message, stop_reason: null, stop_sequence: null, ...(isSilentOnUsage ? {} : { usage }) };
    return event('message_start', { type: 'message_start', message: open }) + this.ping;
  }

  text(piece: string): string {
    const opened = this.inBlock('text', { type: 'text', text: '' });
    return opened + this.delta({ type: 'text_delta', text: piece });
  }

  reasoning(piece: string): string {
    const opened = this.inBlock('thinking', { type: 'thinking', thinking: '', signature: '' });
    return opened + this.delta({ type: 'thinking_delta', thinking: piece });
  }

  toolCall({ id, name, argumentPieces }: WireToolCall): string {
    const closed = this.closeBlock();
    const opened = this.start({ type: 'tool_use', id, name, input: {} });
    const pieces = argumentPieces.map((piece) => this.delta({ type: 'input_json_delta', partial_json: piece }));
    const stopped = event('content_block_stop', { type: 'content_block_stop', index: this.blocks - 1 });
    return closed + opened + pieces.join('') + stopped;
  }

  finish(reason: FinishWord | { readonly raw: string }, usage?: WireUsage): string {
    const word = typeof reason === 'string' ? stopReasons[reason] : reason.raw;
    const counts =
      usage === undefined
        ? {}
        : {
            usage: {
              output_tokens: usage.output,
              output_tokens_details: { thinking_tokens: usage.reasoning },
            },
          };
    const delta = { stop_reason: word, stop_sequence: null };
    return this.closeBlock() + event('message_delta', { type: 'message_delta', delta, ...counts });
  }

  end(): string {
    return event('message_stop', { type: 'message_stop' });
  }

  errorEvent(error: WireError): string {
    return event('error', this.errorBody(error));
  }

  errorBody({ message, type = 'api_error', code }: WireError): unknown {
    const details = code === undefined ? {} : { details: { error_code: code } };
    return { type: 'error', error: { type, message, ...details }, request_id: 'req_wire_1' };
  }

  document(text: string): unknown {
    const content = [{ type: 'text', text }];
    const head = { id: 'msg_1', type: 'message', role: 'assistant', model: this.model, content };
    return { ...head, stop_reason: 'end_turn', usage: { input_tokens: 120, output_tokens: 30 } };
  }

  /** A block of this kind is open afterwards. */
  private inBlock(kind: 'text' | 'thinking', block: unknown): string {
    if (this.openBlock === kind) return '';
    const opened = this.closeBlock() + this.start(block);
    this.openBlock = kind;
    return opened;
  }

  private start(block: unknown): string {
    return event('content_block_start', { type: 'content_block_start', index: this.blocks++, content_block: block });
  }

  private delta(delta: unknown): string {
    return event('content_block_delta', { type: 'content_block_delta', index: this.blocks - 1, delta });
  }

  private closeBlock(): string {
    const kind = this.openBlock;
    this.openBlock = undefined;
    if (kind === undefined) return '';
    const signature = kind === 'thinking' ? this.delta({ type: 'signature_delta', signature: 'c2lnbmVk' }) : '';
    return signature + event('content_block_stop', { type: 'content_block_stop', index: this.blocks - 1 });
  }
}
