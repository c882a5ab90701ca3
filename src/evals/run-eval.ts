/** Puts every row to every arm, a few at a time. */
import type { EvalArm } from './arm';
import type { EvalRow } from './data/row';
import { judgeRow } from './judge-row';
import type { Judging } from './judge-row';
import type { ArmReport, RowReport } from './report';
import { summarizeArm } from './summarize';
import { noUsage } from '../contracts/usage';

export interface EvalTask {
  readonly arm: EvalArm;
  readonly rows: readonly EvalRow[];
}

export interface RunEvalOptions {
  /** Rows at once, over all arms. */
  readonly concurrency: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onRow?: (arm: EvalArm, row: RowReport) => void;
}

/** As many rows in a row without an answer, and the arm is given up: its endpoints are down or closed. */
const mostUnansweredInARow = 10;

/**
 * Rows go to all arms before the next row does, so that what the provider's day is like falls on every arm alike.
 * Throws what `signal` was aborted with, and what is a defect; a failed call is a row of the report.
 */
export async function runEval(
  tasks: readonly EvalTask[],
  judgingOf: (arm: EvalArm) => Judging,
  options: RunEvalOptions,
): Promise<ArmReport[]> {
  const { concurrency, seed, signal, onRow } = options;
  const states = tasks.map(({ arm, rows }) => ({ arm, rows, reports: new Array<RowReport>(rows.length), silent: 0 }));
  const longest = Math.max(0, ...tasks.map(({ rows }) => rows.length));
  const turns = Array.from({ length: longest }, (_, index) => index)
    .flatMap((index) => states.map((state) => ({ state, index })))
    .filter(({ state, index }) => index < state.rows.length);
  const queue = turns.values();
  // A defect in one row must not let the others go on and spend.
  const broken = new AbortController();
  const ended = AbortSignal.any([signal, broken.signal]);
  const work = async (): Promise<void> => {
    for (const { state, index } of queue) {
      ended.throwIfAborted();
      const { arm, rows, reports } = state;
      const row = rows[index];
      if (row === undefined) continue;
      const report =
        state.silent >= mostUnansweredInARow ? notAsked(row) : await judgeRow({ arm, row }, judgingOf(arm));
      ended.throwIfAborted();
      state.silent = report.status === 'unanswered' ? state.silent + 1 : 0;
      reports[index] = report;
      onRow?.(arm, report);
    }
  };
  const stop = (error: unknown): never => {
    broken.abort(error);
    throw error;
  };
  await Promise.all(Array.from({ length: concurrency }, () => work().catch(stop)));
  return states.map(({ arm, reports }) => summarizeArm(arm, reports, seed));
}

function notAsked({ id, line }: EvalRow): RowReport {
  const message = `not asked: ${mostUnansweredInARow} rows in a row had no answer`;
  const nothing = { usage: noUsage, costUsd: 0 };
  return {
    id,
    line,
    status: 'unanswered',
    score: 0,
    failed: [{ kind: 'notAsked', message }],
    ...nothing,
    fromJournal: false,
    judge: nothing,
  };
}
