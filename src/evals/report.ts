/** The result of an eval as it is written to a file, compared with later ones, and read by other tools. */
import type { Usage } from '../contracts/usage';
import type { Spent } from './answer';
import type { Estimate } from './statistics/intervals';

export const reportVersion = 1;

export interface RowReport {
  readonly id: string;
  readonly line: number;
  readonly status: 'passed' | 'failed' | 'unanswered';
  /** Mean over the assertions, 0–1. */
  readonly score: number;
  /** Assertions that did not hold, or the class of the failure. */
  readonly failed: readonly { readonly kind: string; readonly message: string }[];
  readonly usage: Usage;
  readonly costUsd: number;
  readonly latencyMs?: number;
  /** Paid for by an earlier run of the same eval. */
  readonly fromJournal: boolean;
  /** What its judges used. */
  readonly judge: Spent;
}

export interface ArmReport {
  readonly name: string;
  readonly target: string;
  readonly pool: string;
  readonly endpoint?: string;
  readonly variant: string;
  readonly tier?: number;
  /** Rows with an answer, right or wrong: what rates and scores are of. */
  readonly answered: number;
  readonly unanswered: number;
  readonly passed: number;
  readonly passRate: Estimate;
  readonly score: Estimate;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly judgeCostUsd: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  /** Rows by what was wrong with them: an assertion or a failure class. */
  readonly failures: Readonly<Record<string, number>>;
  readonly rows: readonly RowReport[];
}

/** An arm against the first one, over the rows both have answered. */
export interface Comparison {
  readonly name: string;
  readonly against: string;
  readonly rows: number;
  /** Difference of the mean scores, paired bootstrap. */
  readonly difference: Estimate;
  /** Exact McNemar test of passed or not, Holm-corrected over all comparisons of the report. */
  readonly pValue: number;
}

/** An arm against its own stored result. */
export interface Drift {
  readonly name: string;
  readonly rows: number;
  readonly baseline: number;
  readonly now: number;
  readonly difference: Estimate;
  /** The whole interval of the difference lies below 0. */
  readonly hasFallen: boolean;
}

export interface EvalReport {
  readonly version: typeof reportVersion;
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly data: readonly { readonly file: string; readonly rows: number; readonly of: number }[];
  readonly seed: number;
  readonly arms: readonly ArmReport[];
  readonly comparisons: readonly Comparison[];
  readonly drift?: readonly Drift[];
  /** Judges included. */
  readonly costUsd: number;
}
