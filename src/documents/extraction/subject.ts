/** The subject line of a letter, the title of an agreement. */
import type { Cell } from './cells';
import { findDates } from './dates';
import { labels } from './labels';
import { readLabelled } from './labelled';
import { anyOf } from './tolerant';

const salutation = anyOf([
  'dear',
  'sehr geehrte',
  'sehr geehrter',
  'liebe',
  'lieber',
  'guten tag',
  'madame',
  'monsieur',
  'to whom it may concern',
]);
const title = anyOf([
  'agreement',
  'contract',
  'vertrag',
  'contrat',
  'vereinbarung',
  'dienstleistungsvertrag',
  'mietvertrag',
  'rahmenvertrag',
  'wartungsvertrag',
  'kaufvertrag',
  'arbeitsvertrag',
  'beratungsvertrag',
  'werkvertrag',
  'lease',
  'lizenzvertrag',
  'bail',
  'convention',
]);
const titleRows = 12;
const mostWords = 14;

export function readSubject(cells: readonly Cell[], kind: 'letter' | 'agreement'): string | undefined {
  if (kind === 'agreement') return agreementTitle(cells);
  return readLabelled(cells, labels.subject, subjectIn) ?? aroundSalutation(cells);
}

function agreementTitle(cells: readonly Cell[]): string | undefined {
  const found = cells.find(
    ({ text, row }) => row <= titleRows && title.test(text) && text.split(' ').length <= 7 && !/[:]|\.$/.test(text),
  );
  return found === undefined ? undefined : subjectIn(found.text);
}

/** Without a label it is the line of its own before the salutation, in English letters often the one behind. */
function aroundSalutation(cells: readonly Cell[]): string | undefined {
  const at = cells.findIndex(({ text }) => salutation.test(text) && text.search(salutation) <= 1);
  if (at === -1) return undefined;
  const alone = (cell: Cell | undefined): string | undefined => {
    if (cell === undefined || cells.filter(({ row }) => row === cell.row).length > 1) return undefined;
    const text = subjectIn(cell.text);
    return text === undefined || /[.,;:]$/.test(cell.text) || findDates(text).length > 0 ? undefined : text;
  };
  const isSet = (row: number): boolean => !cells.some((cell) => cell.row === row);
  const before = cells[at - 1];
  const behind = cells[at + 1];
  const byBehind = behind !== undefined && isSet(behind.row + 1) ? alone(behind) : undefined;
  const byBefore = before !== undefined && isSet(before.row - 1) ? alone(before) : undefined;
  return byBehind ?? byBefore;
}

function subjectIn(text: string): string | undefined {
  const subject = text.replace(/\s+/g, ' ').trim();
  const words = subject.split(' ').length;
  // A digit within a word is a letter that was misread.
  if (subject.length < 4 || words > mostWords || /\p{Ll}\d|\d\p{Ll}{2}|[|]/u.test(subject)) return undefined;
  return /\p{L}{3}/u.test(subject) ? subject : undefined;
}
