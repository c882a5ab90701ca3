/** OpenAI's Chat Completions stream, and what Azure and vLLM make of it. */
import { data } from './dialect';
import type { Dialect, FinishWord, WireError, WireToolCall, WireUsage } from './dialect';

const finishReasons: Readonly<Record<FinishWord, string>> = {
  stop: 'stop',
  length: 'length',
  filtered: 'content_filter',
  toolCalls: 'tool_calls',
};

export type ChatFlavour = 'openai' | 'azure' | 'vllm';

const modelOf: Readonly<Record<ChatFlavour, string>> = {
  openai: 'gpt-4.1-2025-04-14',
  azure: 'gpt-4.1-2025-04-14',
  vllm: 'meta-llama/Llama-3.3-70B-Instruct',
};

export class ChatCompletions implements Dialect {
  private toolCalls = 0;
  readonly ping = ': keep-alive\n\n';
  readonly unknown =
    data({ object: 'chat.completion.surprise', choices: { not: 'a list' }, delta: [] }) + 'id: 7\nretry: 10\n\n';

  constructor(private readonly flavour: ChatFlavour) {}

  get model(): string {
    return modelOf[this.flavour];
  }

  open(): string {
    const role = this.chunk([this.choice({ role: 'assistant', content: '', refusal: null })]);
    if (this.flavour !== 'azure') return role;
    const safe = { filtered: false, severity: 'safe' };
    const prompt = [{ prompt_index: 0, content_filter_results: { hate: safe, jailbreak: { filtered: false } } }];
    return data({ choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: prompt }) + role;
  }

  text(piece: string): string {
    return this.chunk([this.choice({ content: piece })]);
  }

  reasoning(piece: string): string {
    return this.chunk([this.choice({ reasoning_content: piece })]);
  }

  /** What a model of OpenAI says in place of an answer. */
  refusal(piece: string): string {
    return this.chunk([this.choice({ refusal: piece })]);
  }

  toolCall({ id, name, argumentPieces }: WireToolCall): string {
    const index = this.toolCalls++;
    const start = { index, id, type: 'function', function: { name, arguments: '' } };
    const pieces = argumentPieces.map((piece) => ({ index, function: { arguments: piece } }));
    return [start, ...pieces].map((call) => this.chunk([this.choice({ tool_calls: [call] })])).join('');
  }

  finish(reason: FinishWord | { readonly raw: string }, usage?: WireUsage): string {
    const word = typeof reason === 'string' ? finishReasons[reason] : reason.raw;
    const last = this.chunk([this.choice({}, word)]);
    return usage === undefined ? last : last + this.chunk([], usageBody(usage));
  }

  end(): string {
    return 'data: [DONE]\n\n';
  }

  errorEvent(error: WireError): string {
    return data(this.errorBody(error));
  }

  errorBody({ message, type = 'invalid_request_error', code, status }: WireError): unknown {
    if (this.flavour === 'azure') return { error: { code: code ?? String(status ?? type), message } };
    // vLLM repeats the status as its code.
    const shown = this.flavour === 'vllm' ? (status ?? code) : code;
    return { error: { message, type, param: null, code: shown ?? null } };
  }

  document(text: string): unknown {
    const message = { role: 'assistant', content: text, refusal: null };
    return {
      id: 'chatcmpl-C1',
      object: 'chat.completion',
      model: this.model,
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 },
    };
  }

  private choice(delta: unknown, finishReason: string | null = null): unknown {
    const filtered = this.flavour === 'azure' ? { content_filter_results: {} } : {};
    return { index: 0, delta, logprobs: null, finish_reason: finishReason, ...filtered };
  }

  private chunk(choices: readonly unknown[], usage: unknown = null): string {
    const head = { id: 'chatcmpl-C1', object: 'chat.completion.chunk', created: 1_795_254_000, model: this.model };
    // OpenAI pads its chunks so that their length does not tell their text.
    const obfuscation = this.flavour === 'openai' ? { obfuscation: 'aZ3' } : {};
    return data({ ...head, system_fingerprint: 'fp_1', choices, usage, ...obfuscation });
  }
}

function usageBody({ input, output, cached, reasoning }: WireUsage): unknown {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: 0 },
  };
}
