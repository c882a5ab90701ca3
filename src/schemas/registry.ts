/** Output schemas by name: the JSON Schema sent to providers and the validation of what comes back. */
import type { JsonValue } from '../contracts/json';
import type { JsonSchema } from '../contracts/settings';

export type ParsedOutput =
  | { readonly ok: true; readonly value: JsonValue }
  /** One issue per line, each with its path: fit to be sent back to the model. */
  | { readonly ok: false; readonly issues: string };

export interface OutputSchema {
  readonly name: string;
  readonly jsonSchema: JsonSchema;
  /** SHA-256 of the canonical JSON Schema, hex. */
  readonly hash: string;
  /** Takes the model's text: JSON, possibly inside a Markdown fence. */
  parse(text: string): ParsedOutput;
}

export interface SchemaRegistry {
  /** Throws `Config.Invalid` naming the known schemas when there is none of this name. */
  get(name: string): OutputSchema;
  readonly names: readonly string[];
  /**
   * What is wrong with a value of a JSON Schema that somebody else wrote (a tool's arguments), one issue per line;
   * undefined: nothing, or the schema uses what cannot be checked here.
   */
  problemOf(schema: JsonSchema, value: JsonValue): string | undefined;
}
