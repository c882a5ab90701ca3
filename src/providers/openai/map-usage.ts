import type { Usage } from '../../contracts/usage';
import { countOf, recordOf } from '../wire-value';

/** `usage` of the last chunk of Chat Completions. */
export function mapChatUsage(wire: unknown): Partial<Usage> {
  return mapUsage(wire, 'prompt_tokens', 'completion_tokens');
}

/** `usage` of the last event of Responses. */
export function mapResponsesUsage(wire: unknown): Partial<Usage> {
  return mapUsage(wire, 'input_tokens', 'output_tokens');
}

/** The input includes the cached tokens, the output the reasoning. */
function mapUsage(wire: unknown, input: string, output: string): Partial<Usage> {
  const usage = recordOf(wire);
  const inputTokens = countOf(usage[input]);
  const outputTokens = countOf(usage[output]);
  const cachedInputTokens = countOf(recordOf(usage[`${input}_details`])['cached_tokens']);
  const reasoningTokens = countOf(recordOf(usage[`${output}_details`])['reasoning_tokens']);
  return {
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}
