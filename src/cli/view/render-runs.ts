/** Runs as a table. Pure. */
import type { ListedRun, RunListState } from '../../client';
import type { Style } from './style';
import { renderTable } from './table';
import type { Cell } from './table';
import { costText, durationText, printable } from './text';

export interface RunsPicture {
  readonly nowMs: number;
  /** Characters per line. */
  readonly width: number;
  readonly style: Style;
}

const columns = [
  { title: 'run', shrinksTo: 20 },
  { title: 'state' },
  { title: 'tenant', shrinksTo: 8 },
  { title: 'waits for', shrinksTo: 9 },
  { title: 'steps with trouble', shrinksTo: 10 },
  { title: 'cost', align: 'right' },
  { title: 'started', align: 'right' },
  { title: 'took', align: 'right' },
] as const;

export function renderRuns(runs: readonly ListedRun[], { nowMs, width, style }: RunsPicture): string[] {
  if (runs.length === 0) return ['no such run'];
  return renderTable({ columns, rows: runs.map((run) => rowOf(run, nowMs, style)), width, headStyle: style.faint });
}

function rowOf(run: ListedRun, nowMs: number, style: Style): Cell[] {
  const { workflowId, state, tenant = '', degraded, costUsd, waitingFor = [], steps = [], startedAt, closedAt } = run;
  const { text, paint } = stateText(state, style);
  return [
    { text: printable(workflowId) },
    { text: degraded === true ? `${text}, degraded` : text, style: degraded === true ? style.warning : paint },
    { text: printable(tenant) },
    { text: waitingFor.map(printable).join(', '), style: style.warning },
    { text: steps.map(printable).join(', ') },
    { text: costUsd === undefined ? '' : costText(costUsd) },
    { text: `${durationText(nowMs - startedAt.getTime())} ago`, style: style.faint },
    { text: durationText((closedAt?.getTime() ?? nowMs) - startedAt.getTime()), style: style.faint },
  ];
}

function stateText(state: RunListState, style: Style): { text: string; paint: (text: string) => string } {
  if (state === 'running') return { text: 'running', paint: style.active };
  if (state === 'completed') return { text: 'completed', paint: style.good };
  return { text: state === 'timedOut' ? 'timed out' : state, paint: style.bad };
}
