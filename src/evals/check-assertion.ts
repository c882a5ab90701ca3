/** Whether an answer is as a row of the data set expects it. Judges are asked elsewhere. */
import { canonicalJson } from '../contracts/json';
import type { JsonValue } from '../contracts/json';
import { show } from './data/json-kinds';
import type { Assertion, AssertionKind, JudgeAssertion } from './data/row';
import { matchPattern, mostSearchedCharacters } from './regex/match-pattern';
import { valueAt } from './value-at';

export interface Checked {
  readonly kind: AssertionKind;
  readonly passed: boolean;
  /** 0–1: a judge's own score, otherwise 0 or 1. */
  readonly score: number;
  /** Only of one that did not pass. */
  readonly message?: string;
}

export type PlainAssertion = Exclude<Assertion, JudgeAssertion>;

/** What is wrong with a value by the schema of this name, the target's own when there is no name. */
export type CheckSchema = (value: JsonValue, schema: string | undefined) => string | undefined;

export function checkAssertion(assertion: PlainAssertion, value: JsonValue, checkSchema: CheckSchema): Checked {
  const message = problemOf(assertion, value, checkSchema);
  const { kind } = assertion;
  return message === undefined ? { kind, passed: true, score: 1 } : { kind, passed: false, score: 0, message };
}

function problemOf(assertion: PlainAssertion, value: JsonValue, checkSchema: CheckSchema): string | undefined {
  switch (assertion.kind) {
    case 'schema':
      return checkSchema(value, assertion.schema);
    case 'exact':
      return isSame(value, assertion.value) ? undefined : unlike(assertion.value, value);
    case 'contains':
      return textOf(value).includes(assertion.text) ? undefined : `${show(assertion.text)} is not in the answer`;
    case 'notContains':
      return textOf(value).includes(assertion.text) ? `${show(assertion.text)} is in the answer` : undefined;
    case 'equals': {
      const found = valueAt(value, assertion.path);
      return isSame(found, assertion.value) ? undefined : `${assertion.path}: ${unlike(assertion.value, found)}`;
    }
    case 'numeric':
      return numericProblem(assertion, valueAt(value, assertion.path));
    case 'regex':
      return regexProblem(assertion, assertion.path === undefined ? value : valueAt(value, assertion.path));
  }
}

function numericProblem(
  { path, value, tolerance }: Extract<Assertion, { kind: 'numeric' }>,
  found: JsonValue | undefined,
): string | undefined {
  const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
  // 0.1 + 0.2 is to be 0.3 with a tolerance of 0.
  const slack = tolerance + Number.EPSILON * Math.abs(value) * 4;
  if (typeof number === 'number' && Math.abs(number - value) <= slack) return undefined;
  const where = path === '' ? '' : `${path}: `;
  return `${where}${unlike(value, found)}${tolerance > 0 ? ` (tolerance ${tolerance})` : ''}`;
}

function regexProblem(
  { source, pattern, path }: Extract<Assertion, { kind: 'regex' }>,
  found: JsonValue | undefined,
): string | undefined {
  const where = path === undefined ? '' : `${path}: `;
  if (found === undefined) return `${where}expected text, received nothing`;
  const text = textOf(found);
  if (text.length > mostSearchedCharacters) return `${where}${text.length} characters are too many to be searched`;
  return matchPattern(pattern, text) ? undefined : `${where}${show(text)} does not match ${show(source)}`;
}

function isSame(found: JsonValue | undefined, expected: JsonValue): boolean {
  if (typeof found === 'string' && typeof expected === 'string') return found.trim() === expected.trim();
  return found !== undefined && canonicalJson(found) === canonicalJson(expected);
}

/** JSON is searched as its text. */
function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

function unlike(expected: JsonValue, found: JsonValue | undefined): string {
  return `expected ${show(expected)}, received ${show(found)}`;
}
