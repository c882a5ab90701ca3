/**
 * Reads a letter, an invoice or an agreement by rules alone: labels, forms, places, sums and checksums. It says only what
 * stands in the text, and leaves out what it cannot tell: a null can be filled in by a person, a wrong value is believed.
 */
import { neededFields } from '../../contracts/pipelines/extracted-document';
import type { Currency, ExtractedDocument } from '../../contracts/pipelines/extracted-document';
import { HoldfastError } from '../../errors/holdfast-error';
import { currencyOf, findAmounts } from './amounts';
import { cellsOf } from './cells';
import type { Cell } from './cells';
import { cleanText } from './clean-text';
import { readDates } from './document-dates';
import { findIbans } from './ibans';
import { kindOf } from './kind';
import { labels } from './labels';
import { readLabelled } from './labelled';
import { readParties } from './parties';
import { readSubject } from './subject';
import { readTotals } from './totals';

/** A document of which less than this share of what it needs was found is for a person. */
const leastFound = 0.5;
/** Of 40 full pages. Looking around for what belongs to a label takes time by the square of them. */
const mostLines = 3_000;
/** Rules do not understand what they read. */
const mostConfidence = 0.9;

/** Throws `Rule.Failed` for a text that is none of the known kinds, or of which too little can be read. */
export function parseDocument(text: string): ExtractedDocument {
  const clean = cleanText(text);
  if (clean.split('\n').length > mostLines) throw unreadable(`it has more than ${mostLines} lines`);
  const kind = kindOf(clean);
  if (kind === undefined) throw unreadable('it is no letter, invoice or agreement that rules can tell');
  const fields = fieldsOf(clean, kind);
  const needed = neededFields[kind];
  const found = needed.filter((field) => fields[field] !== null).length / needed.length;
  if (found < leastFound) {
    const missing = needed.filter((field) => fields[field] === null).join(', ');
    throw unreadable(`of an ${kind} rules could not read ${missing}`.replace('an letter', 'a letter'));
  }
  return { ...fields, confidence: Number((mostConfidence * found * found).toFixed(2)) };
}

function fieldsOf(
  clean: string,
  kind: Exclude<ExtractedDocument['kind'], 'other'>,
): Omit<ExtractedDocument, 'confidence'> {
  const cells = cellsOf(clean);
  const { sender = null, recipient = null } = readParties(clean, kind);
  const { date = null, dueDate = null } = readDates(clean, cells, kind);
  const {
    net = null,
    tax = null,
    total = null,
  } = kind === 'invoice' ? readTotals(cells, clean) : { total: onlyAmount(clean) };
  const ibans = findIbans(clean);
  return {
    kind,
    sender,
    recipient,
    date,
    reference: readLabelled(cells, labels.reference, readReference) ?? null,
    subject: kind === 'invoice' ? null : (readSubject(cells, kind) ?? null),
    dueDate,
    currency: total === null ? null : (currencyNear(cells, clean, total) ?? null),
    net,
    tax,
    total,
    iban: ibans.length === 1 ? (ibans[0] ?? null) : null,
  };
}

/** Has a digit, as numbers of documents do, and no look-alike that could be another number. */
function readReference(text: string): string | undefined {
  const token = /^(?:[:#.\s]*)([A-Z0-9][A-Za-z0-9]*(?:[-/._][A-Za-z0-9]+)*)/u.exec(text)?.[1];
  if (token === undefined || token.length < 3 || token.length > 30 || !/\d/.test(token)) return undefined;
  if (/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$|^\d{4}-\d{2}-\d{2}$/.test(token)) return undefined;
  return /\d[OolI|](?=\d|$)|\d[OolI]\d|(?<=[-/])[OolIS]+(?=\d)|[a-z]\d|\d[a-z]/.test(token) ? undefined : token;
}

/** Of a letter or an agreement: the amount it is about, when it names but one. */
function onlyAmount(text: string): number | null {
  const values = new Set(
    findAmounts(text).flatMap(({ value, currency }) => (currency === undefined || value <= 0 ? [] : [value])),
  );
  return values.size === 1 ? ([...values][0] ?? null) : null;
}

function currencyNear(cells: readonly Cell[], text: string, total: number): Currency | undefined {
  const found = new Set(
    findAmounts(text).flatMap((one) => (one.value === total && one.currency ? [one.currency] : [])),
  );
  if (found.size === 1) return [...found][0];
  return currencyOf(cells.map((cell) => cell.text).join('\n'));
}

function unreadable(why: string): HoldfastError {
  return new HoldfastError('Rule.Failed', `parseDocument: ${why}`);
}
