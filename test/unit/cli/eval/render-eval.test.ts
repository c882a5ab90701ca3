import { metricLines, renderEval, renderMatrix, renderMistakes } from '../../../../src/cli/eval/render-eval';
import { plainStyle } from '../../../../src/cli/view/style';
import { compareArms } from '../../../../src/evals';
import type { Drift, EvalReport, RowReport } from '../../../../src/evals';
import { summarizeArm } from '../../../../src/evals/summarize';
import { armNamed, reportNamed } from '../../evals/arms';

const rows = (passed: number, of: number): RowReport[] =>
  Array.from({ length: of }, (_, index) =>
    reportNamed(`r${index}`, {
      usage: { inputTokens: 900, outputTokens: 20 },
      costUsd: 0.001,
      latencyMs: 300 + index,
      ...(index < passed
        ? {}
        : { status: 'failed', score: 0, failed: [{ kind: 'equals', message: 'intent:\u001b[2J no' }] }),
    }),
  );
const armOf = (pool: string, variant: string, own: readonly RowReport[], tier?: number) =>
  summarizeArm({ ...armNamed(`s:${pool}/${variant}`), pool, variant, ...(tier === undefined ? {} : { tier }) }, own, 1);
const reportOf = (arms: EvalReport['arms'], drift: readonly Drift[] = []): EvalReport => ({
  version: 1,
  id: 'e',
  at: '2026-11-21T12:00:00.000Z',
  data: [],
  seed: 1,
  arms,
  comparisons: compareArms(arms, 1),
  drift,
  costUsd: 0,
});
const picture = { width: 160, style: plainStyle };

describe('renderEval', () => {
  const arms = [armOf('mini', 'default', rows(9, 10)), armOf('mini', 'small', rows(2, 10))];

  test('a row per arm: rates with their intervals, tokens, cost, latencies; then what differs', () => {
    const text = renderEval(reportOf(arms), picture).join('\n');
    expect(text).toMatch(/^s +rows +passed +95 % +score +95 % +in\/out +cost +p50 +p95\n/);
    expect(text).toMatch(
      /mini\/default +10 +90\.0 % +59\.6 % to 98\.2 % +0\.900 .* 9K\/200 +\$0\.0100 +305 ms +309 ms/,
    );
    expect(text).toContain('s:mini/small: rows with equals 8');
    expect(text).toMatch(
      /s:mini\/small against s:mini\/default: −0\.700 \(.*\), 10 rows each, McNemar p = 0\.016: worse/,
    );
  });

  test('an arm without an answer has no rate', () => {
    const silent = rows(0, 3).map((row) => ({ ...row, status: 'unanswered' as const }));
    expect(renderEval(reportOf([armOf('mini', 'default', silent)]), picture)[1]).toMatch(/0 of 3 +– +– +– +–/);
  });

  test('marks what lies below the threshold, and what fell', () => {
    const style = { ...plainStyle, bad: (text: string) => `<${text}>` };
    const drift = {
      name: 'x',
      rows: 10,
      baseline: 0.9,
      now: 0.2,
      difference: { value: -0.7, low: -1, high: -0.4 },
      hasFallen: true,
    };
    const text = renderEval(reportOf(arms, [drift]), { ...picture, style, threshold: 0.5 }).join('\n');
    expect(text).toContain('<0.200>');
    expect(text).not.toContain('<0.900>');
    expect(text).toContain(
      '<x fell since the baseline: 0.900 then, 0.200 now, −0.700 (−1.000 to −0.400) over 10 rows>',
    );
    expect(metricLines([drift])).toEqual([
      'holdfast_eval_score{arm="x"} 0.200000',
      'holdfast_eval_baseline_score{arm="x"} 0.900000',
      'holdfast_eval_score_fell{arm="x"} 1',
    ]);
  });
});

describe('renderMatrix', () => {
  test('pools down, variants across, the own ones of the step marked', () => {
    const arms = [
      armOf('mini', 'default', rows(5, 5), 0),
      armOf('mini', 'small', rows(5, 5)),
      armOf('smart', 'small', rows(0, 5), 1),
    ];
    expect(renderMatrix(arms, picture)).toEqual([
      's, pool  default                   small',
      '  mini   1.000 (1.000 to 1.000) *  1.000 (1.000 to 1.000)',
      '  smart  no answer                 0.000 (0.000 to 0.000) *',
      '',
    ]);
  });
});

describe('renderMistakes', () => {
  test('shows the first ones, safe to print', () => {
    expect(renderMistakes(armOf('mini', 'default', rows(1, 5)), 2, picture)).toEqual([
      'mini/default r1: equals: intent: no',
      'mini/default r2: equals: intent: no',
    ]);
  });
});
