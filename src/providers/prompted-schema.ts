/** For models that take no schema by the provider's own means: it stands in the prompt. The caller validates anyway. */
import type { ModelRequest, OutputFormat } from '../contracts/model';

/** Says `JSON` in so many words: OpenAI refuses its JSON mode to a prompt that does not. */
export function describeSchema({ schema }: OutputFormat): string {
  return `Answer with one JSON document of this JSON Schema and nothing else:\n${JSON.stringify(schema)}`;
}

/** The system prompt with the schema of the answer after it, where there is one. */
export function systemWithSchema({ system, output }: Pick<ModelRequest, 'system' | 'output'>): string | undefined {
  if (output === undefined) return system;
  return system === undefined ? describeSchema(output) : `${system}\n\n${describeSchema(output)}`;
}
