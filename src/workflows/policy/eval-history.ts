/** What a scheduled eval makes of the evals before it. */
import type { EvalVerdict, PastEval, ScheduledEvalResult } from '../../contracts/pipelines/scheduled-eval';

/** Two months of nights. */
const longest = 60;

/** Arms whose score fell since the baseline, or is below the threshold. */
export function findingsIn({ arms }: EvalVerdict): string[] {
  return arms.filter(({ drift, isBelow }) => drift?.hasFallen === true || isBelow === true).map(({ name }) => name);
}

export function unansweredIn({ arms }: EvalVerdict): number {
  return arms.reduce((sum, { unanswered }) => sum + unanswered, 0);
}

/** The last result came through Temporal: of another pipeline, or from before, it is no history. */
export function historyIn(last: unknown): readonly PastEval[] {
  const { history } = (last ?? {}) as Partial<ScheduledEvalResult>;
  return Array.isArray(history) ? (history as readonly PastEval[]) : [];
}

export function withVerdict(history: readonly PastEval[], verdict: EvalVerdict): PastEval[] {
  const { id, at, arms } = verdict;
  const now: PastEval = {
    id,
    at,
    scores: Object.fromEntries(arms.map(({ name, score }) => [name, score])),
    found: findingsIn(verdict),
    ...(unansweredIn(verdict) > 0 && { isIncomplete: true as const }),
  };
  return [...history, now].slice(-longest);
}

/** Evals up to now that each found something. One with holes neither counts nor breaks the row: it says nothing. */
export function foundInARow(history: readonly PastEval[]): number {
  const complete = history.filter(({ isIncomplete }) => isIncomplete !== true);
  const lastGood = complete.findLastIndex(({ found }) => found.length === 0);
  return complete.length - 1 - lastGood;
}
