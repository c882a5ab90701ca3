import { Context, asyncLocalStorage } from '@temporalio/activity';
import type { Info } from '@temporalio/activity';
import { noopMetricMeter } from '@temporalio/common';
import { createEvalActivities } from '../../../src/activities/eval-activities';
import type { EvalActivities } from '../../../src/activities/eval-activities';
import type { EvalAlert, EvalVerdict, ScoredArm } from '../../../src/contracts/pipelines/scheduled-eval';

const fallen: ScoredArm = {
  name: 'support.intent:mini/default',
  score: 0.2,
  answered: 9,
  unanswered: 1,
  isBelow: true,
  drift: { rows: 9, baseline: 0.5, now: 0.2, low: -0.4, high: -0.1, hasFallen: true },
};
const verdict: EvalVerdict = { id: 'e1', at: '2026-11-22T03:17:00.000Z', arms: [fallen], costUsd: 0.01 };
const alert: EvalAlert = { event: 'evalFell', workflowId: 'w', target: 'support.intent', verdict, inARow: 1 };

interface Seen {
  readonly gauges: Record<string, number>;
  readonly warnings: string[];
}

/** In a context as a worker gives it, whose metrics and log are kept. */
async function inActivity<T>(seen: Seen, work: () => Promise<T>): Promise<T> {
  const gauge = (name: string) => ({
    set: (value: number, tags: object) => (seen.gauges[`${name} ${JSON.stringify(tags)}`] = value),
  });
  const meter = { ...noopMetricMeter, createGauge: gauge } as unknown as typeof noopMetricMeter;
  const ignore = (): void => undefined;
  const log = {
    log: ignore,
    trace: ignore,
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (text: string) => void seen.warnings.push(text),
  };
  const never = new Promise<never>(ignore);
  const info = { activityId: '7' } as Info;
  const context = new Context(info, never, new AbortController().signal, ignore, undefined, log, meter, {});
  return asyncLocalStorage.run(context, work);
}

describe('createEvalActivities', () => {
  const seen: Seen = { gauges: {}, warnings: [] };
  const keys: string[] = [];
  const activities: EvalActivities = createEvalActivities({
    run: () => Promise.resolve(verdict),
    alerters: new Map([
      ['slack', (_: EvalAlert, { idempotencyKey }) => Promise.resolve(void keys.push(idempotencyKey))],
    ]),
  });

  test('runEval tells the score, its baseline and its fall as metrics, and warns of them', async () => {
    const request = { target: 'support.intent', data: 'd', baseline: 'b' };
    await expect(inActivity(seen, () => activities.runEval({ id: 'e1', request }))).resolves.toBe(verdict);
    const tags = '{"arm":"support.intent:mini/default"}';
    expect(seen.gauges).toEqual({
      [`holdfast_eval_score ${tags}`]: 0.2,
      [`holdfast_eval_baseline_score ${tags}`]: 0.5,
      [`holdfast_eval_score_fell ${tags}`]: 1,
      [`holdfast_eval_unanswered_rows ${tags}`]: 1,
    });
    expect(seen.warnings).toEqual([
      'the score of an eval has fallen',
      'the score of an eval is below its threshold',
      'rows of an eval had no answer',
    ]);
  });

  test('sendAlert gives every attempt at the same alert one key', async () => {
    const send = () => inActivity(seen, () => activities.sendAlert({ channel: 'slack', alert }));
    await send();
    await send();
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  test('sendAlert refuses a channel that is not set up', async () => {
    await expect(inActivity(seen, () => activities.sendAlert({ channel: 'pager', alert }))).rejects.toMatchObject({
      type: 'Config.Invalid',
      message: 'there is no channel "pager" to tell people by (set up: slack)',
    });
  });
});
