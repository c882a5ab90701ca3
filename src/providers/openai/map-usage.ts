import type { Usage } from '../../contracts/usage';
import { countOf, recordOf } from '../wire-value';

/** `usage` of the last chunk. `prompt_tokens` includes the cached ones, `completion_tokens` the reasoning. */
export function mapUsage(wire: unknown): Partial<Usage> {
  const usage = recordOf(wire);
  const inputTokens = countOf(usage['prompt_tokens']);
  const outputTokens = countOf(usage['completion_tokens']);
  const cachedInputTokens = countOf(recordOf(usage['prompt_tokens_details'])['cached_tokens']);
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
  };
}
