/** Activities of `scheduledEval`: the eval itself, its metrics, and telling people. */
import { createHash } from 'node:crypto';
import { activityInfo, cancellationSignal, log, metricMeter } from '@temporalio/activity';
import type { EvalAlert, EvalVerdict, ScheduledEvalInput, ScoredArm } from '../contracts/pipelines/scheduled-eval';
import { HoldfastError } from '../errors/holdfast-error';
import type { Alerter } from './alert';
import { keepAlive } from './keep-alive';
import { toApplicationFailure } from './to-application-failure';

export interface EvalActivities {
  /** What was answered under the id before is not asked again. */
  runEval(input: { readonly id: string; readonly request: ScheduledEvalInput }): Promise<EvalVerdict>;
  sendAlert(input: { readonly channel: string; readonly alert: EvalAlert }): Promise<void>;
}

export interface EvalRun {
  readonly id: string;
  readonly request: ScheduledEvalInput;
  readonly signal: AbortSignal;
}

export interface EvalDependencies {
  /** Throws `Config.Invalid` and `Pipeline.InvalidInput` before anything is called. */
  run(run: EvalRun): Promise<EvalVerdict>;
  /** Channels by name. */
  readonly alerters: ReadonlyMap<string, Alerter>;
}

export function createEvalActivities({ run, alerters }: EvalDependencies): EvalActivities {
  return {
    runEval: async ({ id, request }) => {
      const stop = keepAlive();
      try {
        const verdict = await toApplicationFailure(() => run({ id, request, signal: cancellationSignal() }));
        for (const arm of verdict.arms) record(request.target, arm);
        return verdict;
      } finally {
        stop();
      }
    },
    sendAlert: ({ channel, alert }) => toApplicationFailure(() => send(alerters, channel, alert)),
  };
}

const gauges = {
  score: 'holdfast_eval_score',
  baseline: 'holdfast_eval_baseline_score',
  fell: 'holdfast_eval_score_fell',
  unanswered: 'holdfast_eval_unanswered_rows',
} as const;

/** By the names that `holdfast eval` prints: one alert rule is for both. */
function record(target: string, { name, score, unanswered, drift, isBelow }: ScoredArm): void {
  const hasFallen = drift?.hasFallen === true;
  const set = (gauge: keyof typeof gauges, value: number): void =>
    metricMeter.createGauge(gauges[gauge], 'float').set(value, { arm: name });
  set('score', score);
  set('unanswered', unanswered);
  if (drift !== undefined) {
    set('baseline', drift.baseline);
    set('fell', hasFallen ? 1 : 0);
  }
  if (hasFallen) log.warn('the score of an eval has fallen', { target, arm: name, ...drift });
  if (isBelow === true) log.warn('the score of an eval is below its threshold', { target, arm: name, score });
  if (unanswered > 0) log.warn('rows of an eval had no answer', { target, arm: name, unanswered });
}

async function send(alerters: EvalDependencies['alerters'], channel: string, alert: EvalAlert): Promise<void> {
  const alerter = alerters.get(channel);
  if (alerter === undefined) {
    const known = alerters.size === 0 ? 'none is set up' : `set up: ${[...alerters.keys()].join(', ')}`;
    throw new HoldfastError('Config.Invalid', `there is no channel "${channel}" to tell people by (${known})`);
  }
  const parts = [alert.workflowId, alert.event, alert.verdict.id, activityInfo().activityId];
  await alerter(alert, { idempotencyKey: createHash('sha256').update(JSON.stringify(parts)).digest('hex') });
  log.info('people were told', { channel, event: alert.event, target: alert.target });
}
