import type { EvalAlert, ScoredArm } from '../contracts/pipelines/scheduled-eval';
import type { Alerter } from './alert';
import { postJson } from './notify-post';
import { escaped } from './notify-slack';

/** Arms that are told; the result of the run has all of them. */
const shownArms = 10;

/** Writes what fell, from where and by how much, to the channel of an incoming webhook. */
export function createSlackAlerter({ url }: { readonly url: string }): Alerter {
  return (alert) => postJson({ channel: 'slack', url, body: JSON.stringify({ text: textOf(alert) }), headers: {} });
}

function textOf({ event, target, workflowId, verdict, inARow }: EvalAlert): string {
  const { arms } = verdict;
  const isFall = event === 'evalFell';
  const told = isFall
    ? arms.filter(({ drift, isBelow }) => drift?.hasFallen === true || isBelow === true)
    : arms.filter(({ unanswered }) => unanswered > 0);
  const head = isFall
    ? `*The score of \`${escaped(target)}\` has fallen*`
    : `*The eval of \`${escaped(target)}\` has holes*`;
  const often = inARow > 1 ? `, ${inARow} evals in a row` : '';
  return [
    `${head}${often}`,
    ...told.slice(0, shownArms).map((arm) => `• ${escaped(isFall ? fallText(arm) : holesText(arm))}`),
    `Run \`${escaped(workflowId)}\`, eval \`${escaped(verdict.id)}\``,
  ].join('\n');
}

function fallText({ name, score, drift }: ScoredArm): string {
  if (drift?.hasFallen !== true) return `${name}: ${score.toFixed(3)}, below the threshold`;
  const { baseline, now, low, high, rows } = drift;
  const interval = `95 %: ${low.toFixed(3)} to ${high.toFixed(3)}`;
  return `${name}: ${baseline.toFixed(3)} then, ${now.toFixed(3)} now (${interval}, ${rows} rows)`;
}

function holesText({ name, answered, unanswered }: ScoredArm): string {
  return `${name}: ${unanswered} of ${answered + unanswered} rows had no answer`;
}
