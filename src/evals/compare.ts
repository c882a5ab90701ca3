import type { RowReport } from './report';
import { bootstrapMean } from './statistics/intervals';
import type { Estimate } from './statistics/intervals';

export interface ComparedRows {
  /** Answered in both. */
  readonly rows: number;
  /** Mean score, now minus before. */
  readonly difference: Estimate;
  readonly meanBefore: number;
  readonly meanNow: number;
  /** Rows that passed in one of the two only. */
  readonly onlyBefore: number;
  readonly onlyNow: number;
}

/** Two results over the same data set, row by row. Rows that one of them has not answered are left out. */
export function compareRows(given: {
  readonly before: readonly Pick<RowReport, 'id' | 'status' | 'score'>[];
  readonly now: readonly Pick<RowReport, 'id' | 'status' | 'score'>[];
  readonly seed: number;
}): ComparedRows {
  const before = new Map(given.before.map((row) => [row.id, row]));
  const pairs = given.now.flatMap((now) => {
    const then = before.get(now.id);
    const isPair = then !== undefined && then.status !== 'unanswered' && now.status !== 'unanswered';
    return isPair ? [{ then, now }] : [];
  });
  const mean = (scores: readonly number[]): number => scores.reduce((sum, one) => sum + one, 0) / (scores.length || 1);
  const passedOnly = (in1: 'then' | 'now', in2: 'then' | 'now'): number =>
    pairs.filter((pair) => pair[in1].status === 'passed' && pair[in2].status !== 'passed').length;
  return {
    rows: pairs.length,
    difference: bootstrapMean(
      pairs.map(({ then, now }) => now.score - then.score),
      given.seed,
    ),
    meanBefore: mean(pairs.map(({ then }) => then.score)),
    meanNow: mean(pairs.map(({ now }) => now.score)),
    onlyBefore: passedOnly('then', 'now'),
    onlyNow: passedOnly('now', 'then'),
  };
}
