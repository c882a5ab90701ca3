/** What waits for people as a table, and what is known about the rest. Pure. */
import type { Inbox, InboxItem } from '../../client';
import type { Style } from '../view/style';
import { renderTable } from '../view/table';
import type { Cell } from '../view/table';
import { amountText, clipped, durationText, printable } from '../view/text';

export interface InboxPicture {
  readonly nowMs: number;
  /** Characters per line. */
  readonly width: number;
  readonly style: Style;
}

const columns = [
  { title: 'run', shrinksTo: 20 },
  { title: 'approval', shrinksTo: 10 },
  { title: 'title', shrinksTo: 12 },
  { title: 'for' },
  { title: 'said' },
  { title: 'waits', align: 'right' },
  { title: 'due in', align: 'right' },
] as const;

export function renderInbox({ items, silent }: Inbox, { nowMs, width, style }: InboxPicture): string[] {
  const rows = items.map((item) => rowOf(item, nowMs, style));
  const table =
    rows.length === 0
      ? ['nothing waits for a decision']
      : renderTable({ columns, rows, width, headStyle: style.faint });
  if (silent.length === 0) return table;
  const told = `${amountText(silent.length, 'run')} did not answer: ${silent.map(printable).join(', ')}`;
  return [...table, style.warning(clipped(told, width))];
}

function rowOf({ workflowId, approval }: InboxItem, nowMs: number, style: Style): Cell[] {
  const { name, title, roles, required, votes = [], askedAt, deadlineAt } = approval;
  const dueMs = deadlineAt === undefined ? undefined : Date.parse(deadlineAt) - nowMs;
  return [
    { text: printable(workflowId) },
    { text: printable(name) },
    { text: printable(title) },
    { text: roles === undefined ? 'anybody' : printable(roles.join(', ')) },
    { text: required === undefined ? '' : `${votes.length} of ${required}` },
    { text: durationText(nowMs - Date.parse(askedAt)), style: style.faint },
    dueMs === undefined ? { text: '' } : { text: durationText(dueMs), ...(dueMs < hourMs && { style: style.warning }) },
  ];
}

const hourMs = 3_600_000;
