import type { JsonObject } from '../contracts/json';
import { AnswerTooLargeError, longestAnswer } from './answer-size';
import { isRecord } from './wire-value';

/** The arguments of a tool call as an object; undefined for anything else. Nothing at all means none: `{}`. */
export function parseArguments(text: string): JsonObject | undefined {
  if (text.trim() === '') return {};
  try {
    const parsed: unknown = JSON.parse(text, (_key, value: unknown) =>
      // A lone surrogate survives neither UTF-8 nor the databases behind a tool.
      typeof value === 'string' ? value.toWellFormed() : value,
    );
    return isRecord(parsed) ? (parsed as JsonObject) : undefined;
  } catch {
    return undefined; // Cut off, or never JSON: the caller says which tool it was for.
  }
}

/** One more piece of arguments that come in pieces. Throws `AnswerTooLargeError` when they never end. */
export function appendArguments(text: string, piece: string): string {
  if (text.length + piece.length > longestAnswer) throw new AnswerTooLargeError();
  return text + piece;
}
