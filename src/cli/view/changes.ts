/** The same run for a log: one line whenever something about a step or the run has changed. Pure. */
import type { RunStatus, StepStatus } from '../../contracts/status';
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
  return [...steps, ...asked, ...(hasEnded ? [`${next.pipeline} ${next.state}: ${sumsText(next)}`] : [])];
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
