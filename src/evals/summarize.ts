import type { EvalArm } from './arm';
import { compareRows } from './compare';
import type { ArmReport, Comparison, RowReport } from './report';
import { bootstrapMean, wilson } from './statistics/intervals';
import { holm, mcnemar } from './statistics/mcnemar';
import { quantile } from './statistics/quantile';

export function summarizeArm(arm: EvalArm, rows: readonly RowReport[], seed: number): ArmReport {
  const { name, target, pool, endpoint, variant, tier } = arm;
  const answered = rows.filter(({ status }) => status !== 'unanswered');
  const passed = answered.filter(({ status }) => status === 'passed').length;
  const latencies = rows.flatMap(({ latencyMs }) => latencyMs ?? []).sort((a, b) => a - b);
  const sum = (of: (row: RowReport) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return {
    name,
    target,
    pool,
    ...(endpoint === undefined ? {} : { endpoint }),
    variant,
    ...(tier === undefined ? {} : { tier }),
    answered: answered.length,
    unanswered: rows.length - answered.length,
    passed,
    passRate: wilson(passed, answered.length),
    score: bootstrapMean(
      answered.map(({ score }) => score),
      seed,
    ),
    inputTokens: sum(({ usage }) => usage.inputTokens),
    outputTokens: sum(({ usage }) => usage.outputTokens),
    costUsd: sum(({ costUsd }) => costUsd),
    judgeCostUsd: sum(({ judge }) => judge.costUsd),
    latencyMs: { p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95) },
    failures: failuresOf(rows),
    rows,
  };
}

/** A row counts once per kind, however many assertions of the kind did not hold. */
function failuresOf(rows: readonly RowReport[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { failed } of rows) {
    for (const kind of new Set(failed.map((one) => one.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

/** Every arm of a target against its first. */
export function compareArms(arms: readonly ArmReport[], seed: number): Comparison[] {
  const compared = arms.flatMap((arm) => {
    const first = arms.find(({ target }) => target === arm.target);
    if (first === undefined || first === arm) return [];
    const { rows, difference, onlyBefore, onlyNow } = compareRows({ before: first.rows, now: arm.rows, seed });
    return [{ name: arm.name, against: first.name, rows, difference, pValue: mcnemar(onlyBefore, onlyNow) }];
  });
  const corrected = holm(compared.map(({ pValue }) => pValue));
  return compared.map((one, index) => ({ ...one, pValue: corrected[index] ?? 1 }));
}
