import type { ModelMessage, ModelRequest } from '../contracts/model';
import type { Usage } from '../contracts/usage';

/** Good enough for a charge that must not be zero; the next answer's own numbers correct the model of the limit. */
const charactersPerToken = 4;
/** About what a picture of ordinary size costs, or a page or two of a PDF. */
const tokensPerAttachment = 1_000;

/**
 * The provider's numbers, with an estimate in place of those it did not send. Marked as estimated then, and when the
 * numbers themselves are so far only (`known.estimated`).
 */
export function completeUsage(known: Partial<Usage>, request: ModelRequest, answerCharacters: number): Usage {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = known;
  const isKnown = inputTokens !== undefined && outputTokens !== undefined && known.estimated !== true;
  return {
    inputTokens: inputTokens ?? tokensOf(charactersOf(request)),
    outputTokens: outputTokens ?? tokensOf(answerCharacters),
    ...(cachedInputTokens === undefined || cachedInputTokens === 0 ? {} : { cachedInputTokens }),
    ...(reasoningTokens === undefined || reasoningTokens === 0 ? {} : { reasoningTokens }),
    ...(isKnown ? {} : { estimated: true }),
  };
}

function charactersOf(request: ModelRequest): number {
  const { system = '', messages, output, tools = [] } = request;
  const schema = output === undefined ? '' : JSON.stringify(output.schema);
  const declared = tools.length === 0 ? '' : JSON.stringify(tools);
  const fixed = system.length + schema.length + declared.length;
  return messages.reduce((sum, message) => sum + charactersOfMessage(message), fixed);
}

function charactersOfMessage(message: ModelMessage): number {
  const { role, content } = message;
  if (role === 'user') {
    return content.length + (message.attachments?.length ?? 0) * tokensPerAttachment * charactersPerToken;
  }
  const calls = role === 'assistant' ? (message.toolCalls ?? []) : [];
  return content.length + (calls.length === 0 ? 0 : JSON.stringify(calls).length);
}

function tokensOf(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}
