/** Values of options that are JSON: written out, in a file, or on standard input. */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { JsonValue } from '../contracts/json';
import { HoldfastError } from '../errors';
import type { FailureType } from '../errors';

export const jsonForms = 'JSON, a file, or - for standard input';

/** How an object, a list or a text begins; nothing else is ever an input or a content. */
const looksLikeJson = /^\s*(["{[]|$)/;

export interface JsonOption {
  /** For messages, e.g. `--input`. */
  readonly option: string;
  readonly value: string;
  /** Type of the error when it cannot be used. */
  readonly type: FailureType;
}

export async function readJson(given: JsonOption): Promise<JsonValue> {
  const { value } = given;
  if (value === '-') return parse(given, 'standard input', await text(process.stdin));
  if (looksLikeJson.test(value)) return parse(given, 'the text given', value);
  const path = value.replace(/^@/, '');
  return parse(given, path, readFile(given, path));
}

function readFile(given: JsonOption, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const problem = code === 'ENOENT' ? `there is no file "${path}"` : `"${path}" cannot be read (${code})`;
    throw refuse(given, `${problem}; expected ${jsonForms}`, error);
  }
}

function parse(given: JsonOption, where: string, json: string): JsonValue {
  if (json.trim() === '') throw refuse(given, `${where} is empty; expected ${jsonForms}`);
  try {
    return JSON.parse(json) as JsonValue;
  } catch (error) {
    // The parser quotes what it was given, which may be long.
    const reason = (error as SyntaxError).message.replaceAll(/\s+/g, ' ').slice(0, 160);
    throw refuse(given, `${where} is not JSON (${reason}); expected ${jsonForms}`, error);
  }
}

function refuse({ option, type }: JsonOption, problem: string, cause?: unknown): HoldfastError {
  return new HoldfastError(type, `${option}: ${problem}`, { option }, { cause });
}
