/** An eval as text: a row per arm, the differences, what was wrong. Pure. */
import type { ArmReport, Comparison, Drift, Estimate, EvalReport } from '../../evals';
import type { Style } from '../view/style';
import { renderTable } from '../view/table';
import type { Cell, Column } from '../view/table';
import { amountText, clipped, costText, durationText, printable, shortCountText } from '../view/text';

export interface EvalPicture {
  readonly width: number;
  readonly style: Style;
  /** Scores below it are marked. */
  readonly threshold?: number;
}

const columns: readonly Column[] = [
  { title: 'rows', align: 'right' },
  { title: 'passed', align: 'right' },
  { title: '95 %' },
  { title: 'score', align: 'right' },
  { title: '95 %' },
  { title: 'in/out', align: 'right' },
  { title: 'cost', align: 'right' },
  { title: 'p50', align: 'right' },
  { title: 'p95', align: 'right' },
];

/** A table per target, what is better, what fell. */
export function renderEval({ arms, comparisons, drift = [] }: EvalReport, picture: EvalPicture): string[] {
  const { width, style } = picture;
  const tables = targetsOf(arms).flatMap((target) => {
    const rows = arms.filter((arm) => arm.target === target).map((arm) => cellsOf(arm, picture));
    return [
      ...renderTable({ columns: [{ title: target, shrinksTo: 12 }, ...columns], rows, width, headStyle: style.faint }),
      '',
    ];
  });
  return [
    ...tables,
    ...arms.flatMap(failuresText),
    ...comparisons.map(comparisonText),
    ...drift.map((one) => (one.hasFallen ? style.bad : style.good)(driftText(one))),
  ];
}

function targetsOf(arms: readonly ArmReport[]): string[] {
  return [...new Set(arms.map(({ target }) => target))];
}

function failuresText(arm: ArmReport): string[] {
  const kinds = Object.entries(arm.failures).map(([kind, rows]) => `${kind} ${rows}`);
  return kinds.length === 0 ? [] : [`${arm.name}: rows with ${kinds.join(', ')}`];
}

/** An arm beside its target's name. */
function labelOf({ pool, endpoint, variant }: ArmReport): string {
  return `${endpoint ?? pool}/${variant}`;
}

function cellsOf(arm: ArmReport, { style, threshold = 0 }: EvalPicture): Cell[] {
  const { answered, unanswered, passRate, score, inputTokens, outputTokens, latencyMs } = arm;
  const known = (text: string): string => (answered === 0 ? '–' : text);
  return [
    { text: labelOf(arm) },
    {
      text: unanswered === 0 ? String(answered) : `${answered} of ${answered + unanswered}`,
      ...(unanswered > 0 && { style: style.warning }),
    },
    { text: known(percent(passRate.value)) },
    { text: known(intervalText(passRate, percent)), style: style.faint },
    { text: known(decimal(score.value)), ...(score.value < threshold && { style: style.bad }) },
    { text: known(intervalText(score, decimal)), style: style.faint },
    { text: `${shortCountText(inputTokens)}/${shortCountText(outputTokens)}` },
    { text: costText(arm.costUsd + arm.judgeCostUsd) },
    { text: latencyText(latencyMs.p50) },
    { text: latencyText(latencyMs.p95) },
  ];
}

function comparisonText({ name, against, rows, difference, pValue }: Comparison): string {
  const sure = difference.low > 0 ? 'better' : difference.high < 0 ? 'worse' : 'no difference shown';
  const interval = intervalText(difference, signed);
  return `${name} against ${against}: ${signed(difference.value)} (${interval}), ${amountText(rows, 'row')} each, McNemar p ${pText(pValue)}: ${sure}`;
}

function driftText({ name, rows, baseline, now, difference, hasFallen }: Drift): string {
  const verdict = hasFallen ? 'fell' : 'did not fall';
  const change = `${signed(difference.value)} (${intervalText(difference, signed)})`;
  return `${name} ${verdict} since the baseline: ${decimal(baseline)} then, ${decimal(now)} now, ${change} over ${amountText(rows, 'row')}`;
}

/** In Prometheus' exposition format, for whoever collects it from a log or a text file. */
export function metricLines(drift: readonly Drift[]): string[] {
  return drift.flatMap(({ name, baseline, now, hasFallen }) => {
    const labels = `{arm="${name.replaceAll(/["\\\n]/g, '_')}"}`;
    return [
      `holdfast_eval_score${labels} ${now.toFixed(6)}`,
      `holdfast_eval_baseline_score${labels} ${baseline.toFixed(6)}`,
      `holdfast_eval_score_fell${labels} ${hasFallen ? 1 : 0}`,
    ];
  });
}

/** Score by tier and variant, a block per step; `*` marks what the step itself sends. */
export function renderMatrix(arms: readonly ArmReport[], { width, style, threshold = 0 }: EvalPicture): string[] {
  return targetsOf(arms).flatMap((target) => {
    const own = arms.filter((arm) => arm.target === target);
    const variants = [...new Set(own.map(({ variant }) => variant))];
    const pools = [...new Set(own.map(({ pool }) => pool))];
    const cell = (pool: string, variant: string): Cell => {
      const arm = own.find((one) => one.pool === pool && one.variant === variant);
      if (arm === undefined || arm.answered === 0) return { text: 'no answer', style: style.warning };
      const text = `${decimal(arm.score.value)} (${intervalText(arm.score, decimal)})${arm.tier === undefined ? '' : ' *'}`;
      return arm.score.value < threshold ? { text, style: style.bad } : { text };
    };
    const rows = pools.map((pool) => [{ text: `  ${pool}` }, ...variants.map((variant) => cell(pool, variant))]);
    const heads: Column[] = [{ title: `${target}, pool`, shrinksTo: 12 }, ...variants.map((title) => ({ title }))];
    return [...renderTable({ columns: heads, rows, width, headStyle: style.faint }), ''];
  });
}

/** The first rows that went wrong, so that one sees what kind of wrong it is. */
export function renderMistakes(arm: ArmReport, most: number, { width, style }: EvalPicture): string[] {
  const wrong = arm.rows.filter(({ status }) => status !== 'passed').slice(0, most);
  return wrong.map(({ id, failed }) => {
    const [first] = failed;
    return style.faint(
      clipped(printable(`${labelOf(arm)} ${id}: ${first?.kind ?? ''}: ${first?.message ?? ''}`), width),
    );
  });
}

function latencyText(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : durationText(ms);
}

function intervalText({ low, high }: Estimate, form: (value: number) => string): string {
  return `${form(low)} to ${form(high)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function decimal(value: number): string {
  return value.toFixed(3);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`;
}
