/** Prompts are versioned files: `prompts/<name>/<version>/<variant>.md`. */
import type { ModelMessage } from '../contracts/model';
import type { JsonObject } from '../contracts/json';
import type { ModelParameters } from '../contracts/settings';

export interface Prompt {
  /** `name@version`. */
  readonly ref: string;
  readonly variant: string;
  /** Names of the variables it takes; every one is required, no other is accepted. */
  readonly variables: readonly string[];
  /** Name of the output schema it was written for; a step that uses it must have the same `output`. */
  readonly schema?: string;
  readonly parameters: Partial<ModelParameters>;
  /** SHA-256 of the file, hex. */
  readonly contentHash: string;
}

export interface RenderedPrompt {
  readonly system?: string;
  readonly messages: readonly ModelMessage[];
}

export interface PromptLibrary {
  /** `name@version` of every prompt, sorted. */
  readonly refs: readonly string[];
  /** Variants that have a file of their own, `default` first. Throws `Config.Invalid` for a prompt that does not exist. */
  variantsOf(ref: string): readonly string[];
  /** Falls back to the `default` variant. Throws `Config.Invalid` for a prompt that does not exist. */
  get(ref: string, variant: string): Prompt;
  /**
   * Fills the variables in. Untrusted ones stand in the user role between delimiters derived from `fenceKey`,
   * so rendering twice gives the same bytes. Throws `Llm.BadRequest` for a missing or unknown variable.
   */
  render(prompt: Prompt, variables: JsonObject, fenceKey: string): RenderedPrompt;
}
