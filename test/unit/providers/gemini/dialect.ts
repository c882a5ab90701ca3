/** Gemini's wire format, as recorded. A stream has no end mark: it ends after a chunk with a finish reason. */
import type { Dialect } from '../dialects';

export const chunk = (candidate: string, rest = ''): string =>
  `data: {"candidates": [{"content": {${candidate}}${rest}}],"modelVersion": "gemini-3.8-flash","responseId": "rEsP-1_x"}\n\n`;

export const parts = (...list: readonly string[]): string => chunk(`"parts": [${list.join(',')}],"role": "model"`);

export const usageMetadata = (json: string): string =>
  `data: {"usageMetadata": ${json},"modelVersion": "gemini-3.8-flash","responseId": "rEsP-1_x"}\n\n`;

/** The key is the caller's: this file is loaded before theirs is through. */
export const geminiDialect = (apiKey: string): Dialect => ({
  name: 'gemini',
  endpoint: { provider: 'gemini', model: 'gemini-3.8-flash', baseUrl: '', limitProfile: 'gemini' },
  key: { header: 'x-goog-api-key', value: apiKey },
  path: '/v1beta/models/gpt-4.1:streamGenerateContent?alt=sse',
  start: parts('{"text": ""}'),
  text: (json) => parts(`{"text": "${json}"}`),
  reasoning: parts('{"text": "hm","thought": true}'),
  ping: ': keep-alive\n\n',
  finish: (reason, usage) =>
    (usage === undefined ? '' : usageMetadata(usage)) +
    chunk('"parts": [{"text": ""}],"role": "model"', `,"finishReason": "${reason}","index": 0`),
  usage:
    '{"promptTokenCount": 120,"candidatesTokenCount": 20,"totalTokenCount": 150,"cachedContentTokenCount": 64,' +
    '"thoughtsTokenCount": 10,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 120}]}',
  end: '',
  endMark: 'body',
  reasons: { stop: 'STOP', length: 'MAX_TOKENS', filtered: 'SAFETY' },
  errorEvent: (kind) => `data: {"error": {"code": 503,"message": "The text of the prompt","status": "${kind}"}}\n\n`,
  answered: {
    model: 'gemini-3.8-flash',
    usage: { inputTokens: 120, outputTokens: 30, cachedInputTokens: 64, reasoningTokens: 10 },
  },
});
