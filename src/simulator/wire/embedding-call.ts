/** What the embedding interfaces have in common: a call without an answer in words, charged for its input. */
import { countTokens } from '../tokenizer';
import type { InputRecord } from '../read-input';
import type { EmbeddingRequest, ModelCall, ServedModel, WireFormat } from './wire-format';

/** Nothing is framed, nothing generated. */
export function embeddingCall(
  embedding: EmbeddingRequest,
  { model, body }: { readonly model: string; readonly body: InputRecord },
  served: ServedModel,
): ModelCall {
  const tokens = embedding.texts.reduce((sum, text) => sum + countTokens(text), 0);
  const inputTokens = served.toOwnTokens(tokens, embedding.texts.join('\n'));
  return {
    model,
    instructions: '',
    messages: embedding.texts.map((text) => ({ role: 'user', text })),
    tools: [],
    toolChoice: 'none',
    reasoningTokens: 0,
    showsReasoning: false,
    inputTokens,
    upfrontTokens: inputTokens,
    outputLimit: 0,
    limitFinish: 'length',
    isStream: false,
    includesUsage: true,
    isBackground: false,
    body,
    embedding,
  };
}

/** None of them streams. */
export const unstreamed: Pick<
  WireFormat,
  'opensBeforeFirstToken' | 'newAnswerId' | 'newToolCallId' | 'stream' | 'keepAlive' | 'errorEvent'
> = {
  opensBeforeFirstToken: false,
  newAnswerId: (hex) => hex,
  newToolCallId: (hex) => hex,
  stream: () => [],
  keepAlive: '',
  errorEvent: () => '',
};
