import type { Usage } from '../../contracts/usage';
import { countOf, recordOf } from '../wire-value';

/** Anthropic's four counts: the parts of the input are counted apart, the output includes the thinking. */
export interface UsageCounts {
  readonly input?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheCreation?: number | undefined;
  readonly output?: number | undefined;
}

/** A later event's counts are cumulative; those it leaves out stand as they were. */
export function addCounts(known: UsageCounts, wire: unknown): UsageCounts {
  const usage = recordOf(wire);
  return {
    input: countOf(usage['input_tokens']) ?? known.input,
    cacheRead: countOf(usage['cache_read_input_tokens']) ?? known.cacheRead,
    cacheCreation: countOf(usage['cache_creation_input_tokens']) ?? known.cacheCreation,
    output: countOf(usage['output_tokens']) ?? known.output,
  };
}

export function mapUsage(counts: UsageCounts): Partial<Usage> {
  const { input, cacheRead = 0, cacheCreation = 0, output } = counts;
  return {
    ...(input === undefined ? {} : { inputTokens: input + cacheRead + cacheCreation, cachedInputTokens: cacheRead }),
    ...(output === undefined ? {} : { outputTokens: output }),
  };
}
