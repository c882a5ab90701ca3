import type { Usage } from '../../contracts/usage';
import { countOf, recordOf } from '../wire-value';

/**
 * `usageMetadata`, on every chunk the totals so far. The prompt's count includes the cached tokens; the candidates'
 * does not include the thinking, which is billed as output all the same. Results of the provider's own tools are input.
 */
export function mapUsage(wire: unknown): Partial<Usage> {
  const usage = recordOf(wire);
  const prompt = countOf(usage['promptTokenCount']);
  const cachedInputTokens = countOf(usage['cachedContentTokenCount']);
  const answer = countOf(usage['candidatesTokenCount']);
  const reasoningTokens = countOf(usage['thoughtsTokenCount']);
  const isOutputKnown = answer !== undefined || reasoningTokens !== undefined;
  return {
    ...(prompt === undefined ? {} : { inputTokens: prompt + (countOf(usage['toolUsePromptTokenCount']) ?? 0) }),
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(isOutputKnown ? { outputTokens: (answer ?? 0) + (reasoningTokens ?? 0) } : {}),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}
