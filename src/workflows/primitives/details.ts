/** The live details panel: what an operator reads in the Temporal UI while the run goes on. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { DriftStatus, EachStatus, RunStatus, StepStatus } from '../../contracts/status';

/** More rows than this make the panel unreadable; the query answers all of them. */
const maxRows = 40;
const maxTurns = 5;

export function showDetails(status: RunStatus): void {
  setCurrentDetails(renderDetails(status));
}

export function renderDetails(status: RunStatus): string {
  const { totals } = status;
  const lines = [
    `**${status.pipeline}** · ${status.state} · ${totals.steps} steps done · ` +
      `${totals.inputTokens + totals.outputTokens} tokens · $${totals.costUsd.toFixed(4)}`,
  ];
  for (const approval of status.approvals) {
    lines.push(
      '',
      `**Waiting for a decision:** ${approval.name} — ${escapeCell(approval.title)} (${approval.allow.join(', ')}); digest \`${approval.digest}\``,
    );
  }
  const lists = (status.progress ?? []).filter(({ endedAt }) => endedAt === undefined);
  if (lists.length > 0) lines.push('', ...lists.map((list) => `- ${listLine(list)}`));
  const drift = (status.drift ?? []).slice(-maxTurns);
  if (drift.length > 0) lines.push('', ...drift.map((turn) => `- ${driftLine(turn)}`));
  const rows = status.steps.slice(-maxRows);
  if (rows.length > 0)
    lines.push(
      '',
      '| step | state | tier | endpoint | attempts | tokens | cost |',
      '|---|---|---|---|---|---|---|',
      ...rows.map(rowOf),
    );
  if (status.steps.length > rows.length) lines.push('', `and ${status.steps.length - rows.length} earlier steps`);
  return lines.join('\n');
}

function listLine({ name, done, failed, total, perMinute, expectedEndAt }: EachStatus): string {
  const parts = [
    `${escapeCell(name)}: ${done + failed} of ${total} items`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(perMinute === undefined ? [] : [`${perMinute} a minute`]),
    ...(expectedEndAt === undefined ? [] : [`done by ${expectedEndAt.slice(0, 16).replace('T', ' ')} UTC`]),
  ];
  return parts.join(' · ');
}

function driftLine({ loop, turn, drift, limit, action, failure }: DriftStatus): string {
  const score = drift === undefined ? `not scored: ${failure ?? ''}` : `drift ${drift.toFixed(2)} of ${limit}`;
  return `${escapeCell(loop)}, turn ${turn}: ${score}${action === 'none' ? '' : `, ${action}`}`;
}

function rowOf(step: StepStatus): string {
  const state = step.waitingFor === undefined ? step.state : `waiting: ${step.waitingFor}`;
  const tokens = (step.inputTokens ?? 0) + (step.outputTokens ?? 0);
  const cells = [
    step.occurrence === 0 ? step.step : `${step.step} #${step.occurrence}`,
    step.failure === undefined ? state : `${state}: ${step.failure}`,
    step.degraded === true ? `${step.tier} (degraded)` : String(step.tier),
    step.endpoint ?? '',
    step.attempts === undefined ? '' : String(step.attempts),
    tokens === 0 ? '' : String(tokens),
    step.costUsd === undefined ? '' : `$${step.costUsd.toFixed(4)}`,
  ];
  return `| ${cells.map(escapeCell).join(' | ')} |`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
