import type { Usage } from '../../contracts/usage';
import { countOf, recordOf } from '../wire-value';

/** Anthropic's counts: the parts of the input are counted apart, the output includes the thinking. */
export interface UsageCounts {
  readonly input?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheCreation?: number | undefined;
  readonly output?: number | undefined;
  readonly thinking?: number | undefined;
}

/** A later event's counts are cumulative; those it leaves out stand as they were. */
export function addCounts(known: UsageCounts, wire: unknown): UsageCounts {
  const usage = recordOf(wire);
  return {
    input: countOf(usage['input_tokens']) ?? known.input,
    cacheRead: countOf(usage['cache_read_input_tokens']) ?? known.cacheRead,
    cacheCreation: countOf(usage['cache_creation_input_tokens']) ?? known.cacheCreation,
    output: countOf(usage['output_tokens']) ?? known.output,
    thinking: countOf(recordOf(usage['output_tokens_details'])['thinking_tokens']) ?? known.thinking,
  };
}

/**
 * `inputTokens` is all three parts together: the uncached input, what was read from the cache, and what was written to
 * it. Only what was read is `cachedInputTokens`. What was written costs a quarter more than input (double, for an hour's
 * cache), which the price table does not know; nothing is written unless a request asks for it, and ours do not.
 */
export function mapUsage(counts: UsageCounts): Partial<Usage> {
  const { input, cacheRead = 0, cacheCreation = 0, output, thinking } = counts;
  return {
    ...(input === undefined ? {} : { inputTokens: input + cacheRead + cacheCreation, cachedInputTokens: cacheRead }),
    ...(output === undefined ? {} : { outputTokens: output }),
    ...(thinking === undefined ? {} : { reasoningTokens: thinking }),
  };
}
