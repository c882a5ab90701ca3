/** A run as a picture of text: its steps as a table, what it waits for, and the sums. Pure. */
import type { RunStatus, StepState, StepStatus } from '../../contracts/status';
import { renderProgress } from './render-progress';
import type { Style } from './style';
import { renderTable } from './table';
import type { Cell, Column } from './table';
import { amountText, clipped, costText, countText, durationText, printable } from './text';

export interface Picture {
  readonly nowMs: number;
  /** Characters per line. */
  readonly width: number;
  /** Most lines to give; the oldest completed steps make way. Default: as many as there are. */
  readonly height?: number;
  readonly style: Style;
}

const stateText: Readonly<Record<StepState, string>> = {
  opening: 'opening',
  waiting: 'waiting',
  calling: 'calling',
  asking: 'asking',
  deferred: 'deferred',
  parked: 'parked',
  completed: 'done',
  failed: 'failed',
};

const columns = [
  { title: 'step' },
  { title: 'state' },
  { title: 'tier' },
  { title: 'endpoint', shrinksTo: 8 },
  { title: 'calls', align: 'right' },
  { title: 'tokens', align: 'right' },
  { title: 'cost', align: 'right' },
  { title: 'time', align: 'right' },
] as const satisfies readonly Column[];
type ColumnTitle = (typeof columns)[number]['title'];
/** The sum stands below; what a step waits for does not. */
const narrowColumns = columns.filter(({ title }) => title !== 'cost');
const narrowWidth = 92;

/** Head, table head, sums and the line of steps left out. */
const linesBesideSteps = 6;

export function renderRun(status: RunStatus, picture: Picture): string[] {
  const { style, width, height = Number.POSITIVE_INFINITY } = picture;
  const besides = [...renderProgress(status.progress ?? [], picture), ...asked(status, picture)];
  const { shown, hidden } = choose(status.steps, Math.max(1, height - linesBesideSteps - besides.length));
  const fitting = width < narrowWidth ? narrowColumns : columns;
  const rows = shown.map((step) => rowOf(step, picture)).map((row) => fitting.map(({ title }) => row[title]));
  const table = renderTable({ columns: fitting, rows, width, headStyle: style.faint });
  return [
    `${style.strong(status.pipeline)} ${stateOf(status, style)}`,
    ...(rows.length === 0 ? [style.faint('no step opened yet')] : table),
    ...(hidden === 0 ? [] : [style.faint(`and ${amountText(hidden, 'completed step')} before`)]),
    ...besides,
    clipped(sumsText(status), width),
  ];
}

/** What is asked while steps go on; a run that does nothing else says it in its head. */
function asked({ state, approvals }: RunStatus, { nowMs, width, style }: Picture): string[] {
  if (state === 'waitingForPerson') return [];
  return approvals.map(({ name, title, roles, deadlineAt }) => {
    const who = roles === undefined ? '' : ` by ${roles.join(', ')}`;
    const due = deadlineAt === undefined ? '' : `, due in ${durationText(Date.parse(deadlineAt) - nowMs)}`;
    return style.warning(clipped(printable(`waiting for a decision${who}: ${name} – ${title}${due}`), width));
  });
}

/** `8 steps · 9 calls · 12,345 tokens · $0.0412`, and what was not as planned. */
export function sumsText({ totals, steps, ignoredDecisions }: RunStatus): string {
  const failed = steps.filter((step) => step.state === 'failed').length;
  return [
    `${amountText(totals.steps, 'step')} done`,
    amountText(totals.attempts, 'call'),
    `${countText(totals.inputTokens + totals.outputTokens)} tokens`,
    costText(totals.costUsd),
    ...(totals.degradedSteps === 0 ? [] : [`${totals.degradedSteps} on a fallback tier`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(ignoredDecisions === 0 ? [] : [`${amountText(ignoredDecisions, 'unusable decision')} ignored`]),
  ].join(' · ');
}

export function stepName({ step, occurrence }: Pick<StepStatus, 'step' | 'occurrence'>): string {
  return occurrence === 0 ? step : `${step} #${occurrence}`;
}

/** Where a step stands besides its state: endpoint, what it waits for, or why it failed. */
export function placeOf(step: StepStatus): string {
  return printable(step.failure ?? step.waitingFor ?? step.endpoint ?? '');
}

function stateOf(status: RunStatus, style: Style): string {
  switch (status.state) {
    case 'running':
      return style.active('running');
    case 'waitingForPerson': {
      const names = status.approvals.map((approval) => approval.name).join(', ');
      return style.warning(`waiting for a decision: ${names}`);
    }
    case 'completed':
      return style.good('completed');
    case 'failed':
    case 'cancelled':
      return style.bad(status.state);
  }
}

function choose(steps: readonly StepStatus[], most: number): { shown: readonly StepStatus[]; hidden: number } {
  if (steps.length <= most) return { shown: steps, hidden: 0 };
  let left = steps.length - most;
  // Open and failed steps are what one looks for, so completed ones go first, from the top.
  const kept = steps.filter((step) => {
    if (left === 0 || step.state !== 'completed') return true;
    left -= 1;
    return false;
  });
  const shown = kept.slice(-most);
  return { shown, hidden: steps.length - shown.length };
}

function rowOf(step: StepStatus, { nowMs, style }: Picture): Readonly<Record<ColumnTitle, Cell>> {
  const tokens = (step.inputTokens ?? 0) + (step.outputTokens ?? 0);
  const isDegraded = step.degraded === true;
  return {
    step: { text: printable(stepName(step)) },
    state: { text: stateText[step.state], style: styleOfState(step.state, style) },
    tier: { text: String(step.tier), ...(isDegraded ? { style: style.warning } : {}) },
    endpoint: { text: placeOf(step), style: placeStyle(step, style) },
    calls: { text: step.attempts === undefined ? '' : String(step.attempts) },
    tokens: { text: tokens === 0 ? '' : countText(tokens) },
    cost: { text: step.costUsd === undefined ? '' : costText(step.costUsd) },
    time: { text: durationText(durationOf(step, nowMs)), style: style.faint },
  };
}

function styleOfState(state: StepState, style: Style): (text: string) => string {
  const styles = {
    opening: style.faint,
    waiting: style.warning,
    calling: style.active,
    asking: style.warning,
    deferred: style.faint,
    parked: style.warning,
    completed: style.good,
    failed: style.bad,
  } as const;
  return styles[state];
}

function placeStyle(step: StepStatus, style: Style): (text: string) => string {
  if (step.failure !== undefined) return style.bad;
  return step.waitingFor !== undefined || step.degraded === true ? style.warning : (text) => text;
}

/** The workflow's clock and ours may differ by a little: never negative. */
function durationOf(step: StepStatus, nowMs: number): number {
  const endedMs = step.endedAt === undefined ? nowMs : Date.parse(step.endedAt);
  return Math.max(0, endedMs - Date.parse(step.startedAt));
}
