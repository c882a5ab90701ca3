/** Which of a document's dates is which. */
import type { DocumentKind } from '../../contracts/pipelines/extracted-document';
import type { Cell } from './cells';
import { findDates } from './dates';
import type { FoundDate } from './dates';
import { labels } from './labels';
import { readLabelled } from './labelled';
import { anyOf } from './tolerant';

export interface DocumentDates {
  readonly date?: string;
  readonly dueDate?: string;
}

/** What stands right before a date says what it is. */
const leads = {
  made: anyOf([
    'made on',
    'made as of',
    'made this',
    'dated',
    'entered into on',
    'entered into as of',
    'is made on',
    'concluded on',
    'effective as of',
    'effective date',
    'as of',
    'on this',
    'geschlossen am',
    'abgeschlossen am',
    'vom',
    'vereinbart am',
    'conclu le',
    'signé le',
    'en date du',
    'fait le',
    'this',
  ]),
  due: anyOf([
    'by',
    'before',
    'no later than',
    'not later than',
    'until',
    'due on',
    'due by',
    'at the latest by',
    'on or before',
    'payable by',
    'due',
    'not after',
    'bis zum',
    'bis spätestens',
    'spätestens am',
    'spätestens bis zum',
    'bis',
    'fällig am',
    'zahlbar bis',
    'avant le',
    "jusqu'au",
    'au plus tard le',
    'échéance',
  ]),
  ends: anyOf([
    'until',
    'ends on',
    'end on',
    'expires on',
    'expire on',
    'terminates on',
    'shall end on',
    'through',
    'to',
    'endet am',
    'bis zum',
    'bis',
    'läuft bis zum',
    "jusqu'au",
    'prend fin le',
    'se termine le',
  ]),
  begins: anyOf([
    'from',
    'starting on',
    'starts on',
    'commences on',
    'commencing on',
    'beginning on',
    'ab dem',
    'ab',
    'beginnt am',
    'à compter du',
    'du',
    'since',
    'seit',
    'seit dem',
  ]),
} as const;
const longestLead = 40;

export function readDates(text: string, cells: readonly Cell[], kind: DocumentKind): DocumentDates {
  const dates = findDates(text);
  const led = (lead: RegExp): FoundDate | undefined =>
    dates.find((one) => endsWith(lead, text.slice(Math.max(0, one.start - longestLead), one.start)));
  const labelled = (label: RegExp): string | undefined => readLabelled(cells, label, (value) => dateAtStart(value));
  const due = labelled(labels.dueDate) ?? led(kind === 'agreement' ? leads.ends : leads.due)?.iso;
  const made = kind === 'agreement' ? led(leads.made)?.iso : undefined;
  const isOther = ({ iso }: FoundDate): boolean => iso === due;
  const others = dates.filter((one) => one !== led(leads.begins) && !isOther(one));
  const date = made ?? labelled(labels.date) ?? (kind === 'agreement' ? others.at(-1) : others[0])?.iso;
  return {
    ...(date === undefined ? {} : { date }),
    // Nothing is due before it was written: one of the two was misread.
    ...(due === undefined || due === date || (date !== undefined && due < date) ? {} : { dueDate: due }),
  };
}

/** Behind a label the date comes first, perhaps with a weekday or a town before it. */
function dateAtStart(text: string): string | undefined {
  const [first] = findDates(text);
  return first !== undefined && first.start <= 24 ? first.iso : undefined;
}

function endsWith(lead: RegExp, text: string): boolean {
  return new RegExp(`${lead.source}[\\s:,.]*(?:(?:the|le|dem|den|am|à|this)\\s+)?$`, 'iu').test(text);
}
