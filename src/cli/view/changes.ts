/** The same run for a log: one line whenever something about a step or the run has changed. Pure. */
import type { EachStatus, RunStatus, StepStatus } from '../../contracts/status';
import { progressText, shareOf } from './render-progress';
import { placeOf, stepName, sumsText } from './render-run';
import { costText, countText, printable } from './text';

export function changesBetween(previous: RunStatus | undefined, next: RunStatus): string[] {
  const before = new Map(previous?.steps.map((step) => [stepName(step), describeStep(step)]));
  const steps = next.steps.flatMap((step) => {
    const described = describeStep(step);
    return before.get(stepName(step)) === described ? [] : [described];
  });
  const known = new Set(previous?.approvals.map((approval) => approval.name));
  const asked = next.approvals
    .filter((approval) => !known.has(approval.name))
    .map((approval) => `waiting for a decision: ${approval.name} – ${printable(approval.title)}`);
  const hasEnded = next.state !== previous?.state && next.state !== 'running' && next.state !== 'waitingForPerson';
  const hasContinued = previous !== undefined && previous.runId !== next.runId;
  const continued = hasContinued ? [`goes on as a new run (continue-as-new): ${sumsText(next)}`] : [];
  return [
    ...continued,
    ...steps,
    ...listsBetween(previous, next),
    ...asked,
    ...(hasEnded ? [`${next.pipeline} ${next.state}: ${sumsText(next)}`] : []),
  ];
}

/** Each time a list is a tenth further, and when it has ended. */
function listsBetween(previous: RunStatus | undefined, next: RunStatus): string[] {
  const tenthOf = (list: EachStatus): number => Math.floor(shareOf(list) * 10);
  const before = new Map(previous?.progress?.map((list) => [list.name + list.startedAt, tenthOf(list)]));
  return (next.progress ?? [])
    .filter((list) => tenthOf(list) !== (before.get(list.name + list.startedAt) ?? 0))
    .map(progressText);
}

function describeStep(step: StepStatus): string {
  const name = printable(stepName(step));
  const tier = `tier ${step.tier}${step.degraded === true ? ' (fallback)' : ''}`;
  const place = placeOf(step);
  const parts = [tier, ...(place === '' ? [] : [step.waitingFor === undefined ? place : `for ${place}`])];
  if (step.state === 'completed') {
    parts.push(`${countText((step.inputTokens ?? 0) + (step.outputTokens ?? 0))} tokens`, costText(step.costUsd ?? 0));
  }
  return `${name} ${step.state === 'completed' ? 'done' : step.state}: ${parts.join(', ')}`;
}
