/** Whether a score has fallen since the result that was stored as baseline. */
import { HoldfastError } from '../errors';
import { compareRows } from './compare';
import { isObject } from './data/json-kinds';
import { reportVersion } from './report';
import type { ArmReport, Drift, RowReport } from './report';
import type { EvalTask } from './run-eval';

interface Baseline {
  readonly arms: readonly {
    readonly name: string;
    readonly rows: readonly Pick<RowReport, 'id' | 'status' | 'score'>[];
  }[];
}

/** Throws `Config.Invalid` when the text is not what `--json-out` writes. */
export function readBaseline(file: string, text: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(file, 'is not JSON', error);
  }
  if (!isObject(value) || value['version'] !== reportVersion || !Array.isArray(value['arms']))
    throw invalid(file, `is no result of an eval (version ${reportVersion}); expected what --json-out writes`);
  const arms = value['arms'] as readonly unknown[];
  for (const [index, arm] of arms.entries()) {
    if (!isObject(arm) || typeof arm['name'] !== 'string' || !Array.isArray(arm['rows']) || !arm['rows'].every(isRow))
      throw invalid(file, `arms.${index} is no arm with its rows; expected what --json-out writes`);
  }
  return value as unknown as Baseline;
}

/** Throws `Config.Invalid` when the baseline has no row of any of these arms: nothing could ever fall. */
export function checkBaseline(file: string, { arms }: Baseline, tasks: readonly EvalTask[]): void {
  const isShared = tasks.some(({ arm, rows }) => {
    const stored = new Set(arms.find(({ name }) => name === arm.name)?.rows.map(({ id }) => id));
    return rows.some(({ id }) => stored.has(id));
  });
  if (isShared) return;
  const known = arms.map(({ name }) => name).join(', ') || 'none';
  throw invalid(file, `has no row of ${tasks.map(({ arm }) => arm.name).join(', ')} (its arms: ${known})`);
}

/** Of every arm that the baseline knows, over the rows that were answered then and now. */
export function driftOf(arms: readonly ArmReport[], baseline: Baseline, seed: number): Drift[] {
  return arms.flatMap((arm): Drift[] => {
    const stored = baseline.arms.find(({ name }) => name === arm.name);
    if (stored === undefined) return [];
    const { rows, difference, meanBefore, meanNow } = compareRows({ before: stored.rows, now: arm.rows, seed });
    if (rows === 0) return [];
    const hasFallen = difference.high < 0;
    return [{ name: arm.name, rows, baseline: meanBefore, now: meanNow, difference, hasFallen }];
  });
}

const states: readonly unknown[] = ['passed', 'failed', 'unanswered'];

function isRow(row: unknown): boolean {
  if (!isObject(row) || !states.includes(row['status'])) return false;
  return typeof row['id'] === 'string' && typeof row['score'] === 'number';
}

function invalid(file: string, problem: string, cause?: unknown): HoldfastError {
  return new HoldfastError('Config.Invalid', `the baseline ${file} ${problem}`, { file }, { cause });
}
