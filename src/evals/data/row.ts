/** One line of a data set: what is asked, and what is expected of the answer. */
import type { JsonObject, JsonValue } from '../../contracts/json';
import type { Pattern } from '../regex/parse-pattern';

export type Assertion =
  /** The answer matches this schema, or, without a name, that of the step. */
  | { readonly kind: 'schema'; readonly schema?: string }
  /** The whole answer, JSON by value, text without the blanks around it. */
  | { readonly kind: 'exact'; readonly value: JsonValue }
  | { readonly kind: 'contains' | 'notContains'; readonly text: string }
  | { readonly kind: 'equals'; readonly path: string; readonly value: JsonValue }
  /** `path` is empty for an answer that is a number by itself. */
  | { readonly kind: 'numeric'; readonly path: string; readonly value: number; readonly tolerance: number }
  | { readonly kind: 'regex'; readonly source: string; readonly pattern: Pattern; readonly path?: string }
  | JudgeAssertion;

export interface JudgeAssertion {
  readonly kind: 'judge';
  readonly criteria: string;
  /** Step that judges; default: that of the eval. */
  readonly step?: string;
  /** Least score, 0–1, with which the row passes. */
  readonly atLeast: number;
}

export type AssertionKind = Assertion['kind'];

export interface EvalRow {
  readonly id: string;
  /** In the file, from 1. */
  readonly line: number;
  /** Unique among the rows of one target, also those of its other files; part of every key. */
  readonly occurrence: number;
  readonly variables: JsonObject;
  readonly expect: readonly Assertion[];
}

export interface DataSet {
  readonly file: string;
  readonly rows: readonly EvalRow[];
}
