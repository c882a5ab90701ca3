/**
 * What can be said about extracted fields without understanding the document: do the sums and checksums hold, are the
 * dates possible, does what was extracted stand in the text. It catches what models make up, not what they mix up.
 */
import { documentFields, neededFields } from '../../contracts/pipelines/extracted-document';
import type { Assessment, DocumentField, ExtractedDocument } from '../../contracts/pipelines/extracted-document';
import { isIban } from '../../contracts/iban';
import { findAmounts, inCents } from './amounts';
import { cleanText } from './clean-text';
import { findDates } from './dates';
import { fold } from './tolerant';

/** What is left of the confidence after a problem: of a sum, checksum or date that cannot be; of a value that is not in the text. */
const left = { impossible: 0.3, notFound: 0.6, missing: 0.75 } as const;

interface Problem {
  readonly text: string;
  readonly left: number;
}

export function assessExtraction(text: string, fields: ExtractedDocument): Assessment {
  const problems = [...impossibilities(fields), ...missing(fields), ...notInText(text, fields)];
  const own = fields.confidence >= 0 && fields.confidence <= 1 ? fields.confidence : 0;
  const confidence = problems.reduce((rest, problem) => rest * problem.left, own);
  return { confidence: Number(confidence.toFixed(3)), problems: problems.map((problem) => problem.text) };
}

function impossibilities(fields: ExtractedDocument): Problem[] {
  const found = [...impossibleAmounts(fields), ...impossibleDates(fields)];
  const { kind, iban, sender, recipient } = fields;
  if (iban !== null && !isIban(iban)) found.push(`iban ${iban}: its checksum or length is wrong`);
  if (sender !== null && recipient !== null && fold(sender) === fold(recipient)) {
    found.push('sender and recipient are the same');
  }
  if (kind === 'other') found.push('it is no letter, invoice or agreement');
  return found.map((problem) => ({ text: problem, left: left.impossible }));
}

function impossibleAmounts({ net, tax, total }: ExtractedDocument): string[] {
  const found: string[] = [];
  if (net !== null && tax !== null && total !== null && inCents(net) + inCents(tax) !== inCents(total)) {
    found.push(`net ${net} and tax ${tax} are not the total ${total}`);
  }
  if (net !== null && total !== null && net > total) found.push(`net ${net} is more than the total ${total}`);
  return found;
}

function impossibleDates({ date, dueDate }: ExtractedDocument): string[] {
  const found = Object.entries({ date, dueDate }).flatMap(([field, value]) =>
    value === null || isDate(value) ? [] : [`${field} ${value} is no date from 1990 to 2099`],
  );
  return date !== null && dueDate !== null && dueDate < date
    ? [...found, `dueDate ${dueDate} is before date ${date}`]
    : found;
}

function isDate(value: string): boolean {
  const time = Date.parse(`${value}T00:00:00Z`);
  return (
    /^(?:199\d|20\d\d)-\d\d-\d\d$/.test(value) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
  );
}

function missing(fields: ExtractedDocument): Problem[] {
  return neededFields[fields.kind]
    .filter((field) => fields[field] === null)
    .map((field) => ({ text: `${field} is missing`, left: left.missing }));
}

/** As a scanner may have read it. A kind and a currency are said in many words. */
function notInText(text: string, fields: ExtractedDocument): Problem[] {
  const clean = cleanText(text);
  const folded = fold(clean);
  const amounts = new Set(findAmounts(clean).map(({ value }) => inCents(value)));
  const dates = new Set(findDates(clean).map(({ iso }) => iso));
  const stands = (field: DocumentField, value: string | number): boolean => {
    if (typeof value === 'number') return amounts.has(inCents(value)) || folded.includes(fold(value.toFixed(2)));
    if (field === 'date' || field === 'dueDate') return dates.has(value) || folded.includes(fold(value));
    return folded.includes(fold(value));
  };
  return documentFields.flatMap((field) => {
    const value = fields[field];
    if (value === null || field === 'kind' || field === 'currency' || stands(field, value)) return [];
    return [{ text: `${field} ${value} is not in the text`, left: left.notFound }];
  });
}
