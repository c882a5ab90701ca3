/** Gemini's streamGenerateContent with `alt=sse`. A stream has no end mark: it ends after a finish reason. */
import { wireUsage } from './dialect';
import type { Dialect, FinishWord, WireError, WireToolCall, WireUsage } from './dialect';

const finishReasons: Readonly<Record<FinishWord, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  filtered: 'SAFETY',
  // Gemini has no word of its own for it.
  toolCalls: 'STOP',
};

export class GeminiContent implements Dialect {
  readonly model = 'gemini-2.5-flash';
  readonly ping = ': keep-alive\r\n\r\n';
  readonly unknown = chunk({ surprise: { candidates: 1 }, candidates: 'none' });

  open(): string {
    return '';
  }

  text(piece: string): string {
    return this.candidate([{ text: piece }]);
  }

  reasoning(piece: string): string {
    return this.candidate([{ text: piece, thought: true }]);
  }

  toolCall({ name, argumentPieces }: WireToolCall): string {
    // Not streamed: the call comes whole, its arguments as an object.
    const args: unknown = JSON.parse(argumentPieces.join(''));
    return this.candidate([{ functionCall: { name, args }, thoughtSignature: 'c2lnbmVk' }]);
  }

  finish(reason: FinishWord | { readonly raw: string }, usage?: WireUsage): string {
    const finishReason = typeof reason === 'string' ? finishReasons[reason] : reason.raw;
    const candidate = { content: { parts: [{ text: '' }], role: 'model' }, finishReason, index: 0 };
    return this.chunk([candidate], usage);
  }

  end(): string {
    return '';
  }

  errorEvent(error: WireError): string {
    return chunk(this.errorBody(error));
  }

  errorBody({ message, type = 'INTERNAL', status = 500 }: WireError): unknown {
    return { error: { code: status, message, status: type } };
  }

  document(text: string): unknown {
    const candidate = { content: { parts: [{ text }], role: 'model' }, finishReason: 'STOP', index: 0 };
    return { candidates: [candidate], usageMetadata: usageBody(wireUsage), modelVersion: this.model };
  }

  /** The prompt itself was blocked: no candidate at all. */
  blockedPrompt(blockReason: string): string {
    return chunk({
      promptFeedback: { blockReason },
      usageMetadata: { promptTokenCount: 120, totalTokenCount: 120 },
      modelVersion: this.model,
    });
  }

  private candidate(parts: readonly unknown[]): string {
    return this.chunk([{ content: { parts, role: 'model' }, index: 0 }]);
  }

  private chunk(candidates: readonly unknown[], usage?: WireUsage): string {
    const counts = usage === undefined ? {} : { usageMetadata: usageBody(usage) };
    return chunk({ candidates, ...counts, modelVersion: this.model, responseId: 'gemini-1' });
  }
}

function chunk(value: unknown): string {
  return `data: ${JSON.stringify(value)}\r\n\r\n`;
}

function usageBody({ input, output, cached, reasoning }: WireUsage): unknown {
  return {
    promptTokenCount: input,
    cachedContentTokenCount: cached,
    candidatesTokenCount: output - reasoning,
    thoughtsTokenCount: reasoning,
    totalTokenCount: input + output,
  };
}
