/** What a reviewer sees of the content of an approval: a report's outline with its sources, anything else as JSON. */
import type { PendingApproval } from '../../contracts/approval';
import type { JsonValue } from '../../contracts/json';
import type { Draft } from '../../contracts/pipelines/research-report';
import type { Style } from '../view/style';
import { renderTable } from '../view/table';
import { amountText, clipped, printable, wrapped } from '../view/text';

const mostJsonLines = 40;
const indent = '  ';

export function renderReview(approval: PendingApproval, { width, style }: { width: number; style: Style }): string[] {
  const room = Math.max(20, width - indent.length);
  const body = isDraft(approval.show) ? draftLines(approval.show, room, style) : jsonLines(approval.show, room);
  return [
    '',
    style.strong(`Approval "${printable(approval.name)}"`) + deadlineText(approval, style),
    '',
    ...body.map((line) => (line === '' ? '' : indent + line)),
    '',
  ];
}

function deadlineText({ deadlineAt }: PendingApproval, style: Style): string {
  return deadlineAt === undefined
    ? ''
    : style.faint(` – to be decided by ${deadlineAt.slice(0, 16).replace('T', ' ')} UTC`);
}

function draftLines(draft: Draft, width: number, style: Style): string[] {
  const sections = draft.sections.map(({ heading, citations }, index) => [
    { text: String(index + 1) },
    { text: printable(heading) },
    { text: amountText(citations.length, 'citation'), style: citations.length === 0 ? style.warning : style.faint },
  ]);
  const columns = [{ title: '' }, { title: '', shrinksTo: 10 }, { title: '' }];
  const [, ...outline] = renderTable({ columns, rows: sections, width, headStyle: style.faint });
  return [
    ...wrapped(printable(draft.title), width).map(style.strong),
    style.faint(clipped(`after ${printable(draft.source.author)}, ${printable(draft.source.title)}`, width)),
    '',
    ...wrapped(printable(draft.abstract), width),
    '',
    ...outline,
  ];
}

function jsonLines(content: JsonValue, width: number): string[] {
  const lines = JSON.stringify(content, null, 2).split('\n');
  const shown = lines.slice(0, mostJsonLines).map((line) => clipped(line, width));
  return lines.length <= mostJsonLines ? shown : [...shown, `… ${lines.length - mostJsonLines} more lines`];
}

/** As much of a draft as is shown; the pipeline checks an edited one in full. */
export function isDraft(content: unknown): content is Draft {
  const { title, abstract, sections, source } = (content ?? {}) as Partial<Draft>;
  return (
    typeof title === 'string' &&
    typeof abstract === 'string' &&
    typeof source?.author === 'string' &&
    Array.isArray(sections) &&
    sections.every(({ heading, citations }) => typeof heading === 'string' && Array.isArray(citations))
  );
}
