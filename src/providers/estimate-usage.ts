import type { ModelRequest } from '../contracts/model';
import type { Usage } from '../contracts/usage';

/** Good enough for a charge that must not be zero; the next answer's own numbers correct the model of the limit. */
const charactersPerToken = 4;

/** The provider's numbers, with an estimate, marked as such, in place of those it did not send. */
export function completeUsage(known: Partial<Usage>, request: ModelRequest, answerCharacters: number): Usage {
  const { inputTokens, outputTokens, cachedInputTokens } = known;
  const isKnown = inputTokens !== undefined && outputTokens !== undefined;
  return {
    inputTokens: inputTokens ?? tokensOf(charactersOf(request)),
    outputTokens: outputTokens ?? tokensOf(answerCharacters),
    ...(cachedInputTokens === undefined || cachedInputTokens === 0 ? {} : { cachedInputTokens }),
    ...(isKnown ? {} : { estimated: true }),
  };
}

function charactersOf(request: ModelRequest): number {
  const texts = [request.system ?? '', ...request.messages.map((message) => message.content)];
  const schema = request.output === undefined ? '' : JSON.stringify(request.output.schema);
  return texts.reduce((sum, text) => sum + text.length, schema.length);
}

function tokensOf(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}
