/** Dates in a text, in the forms of English, German and French documents. */
import { asDigits, digitLike, tolerant } from './tolerant';

export interface FoundDate {
  /** ISO 8601. */
  readonly iso: string;
  readonly start: number;
  readonly end: number;
}

const months: readonly (readonly string[])[] = [
  ['january', 'januar', 'janvier', 'jan', 'jänner', 'janv'],
  ['february', 'februar', 'février', 'feb', 'févr', 'fév'],
  ['march', 'märz', 'mars', 'mar', 'mär'],
  ['april', 'avril', 'apr', 'avr'],
  ['may', 'mai'],
  ['june', 'juni', 'juin', 'jun'],
  ['july', 'juli', 'juillet', 'jul', 'juil'],
  ['august', 'août', 'aug'],
  ['september', 'septembre', 'sept', 'sep'],
  ['october', 'oktober', 'octobre', 'oct', 'okt'],
  ['november', 'novembre', 'nov'],
  ['december', 'dezember', 'décembre', 'dec', 'dez', 'déc'],
];
const monthNames = months
  .flatMap((names, index) =>
    names.map((name) => ({ name, month: index + 1, pattern: new RegExp(`^${tolerant(name)}$`, 'iu') })),
  )
  .sort((a, b) => b.name.length - a.name.length);
const monthSource = `(?:${monthNames.map(({ name }) => tolerant(name)).join('|')})`;

const d = digitLike;
const day = `(${d}{1,2})`;
const year = `((?:[12]|l|I)${d}{3})`;
const before = '(?<![\\p{L}\\p{N}./-])';
const behind = '(?![\\p{L}\\p{N}]|[./-]\\d)';
const forms: readonly { readonly pattern: RegExp; read(parts: readonly string[], order: Order): Parts | undefined }[] =
  [
    {
      pattern: new RegExp(`${before}${year}-(${d}{2})-(${d}{2})${behind}`, 'gu'),
      read: ([y = '', m = '', date = '']) => ({ y, m, date }),
    },
    {
      pattern: new RegExp(`${before}${day}[.,] ?(${d}{1,2})[.,] ?(${year.slice(1, -1)}|\\d{2})${behind}`, 'gu'),
      read: ([date = '', m = '', y = '']) => ({ y, m, date }),
    },
    {
      pattern: new RegExp(`${before}${day}([/-])(${d}{1,2})\\2${year}${behind}`, 'gu'),
      read: ([first = '', , second = '', y = ''], order) => {
        if (order === 'unknown' && first !== second) return undefined;
        return order === 'monthFirst' ? { y, m: first, date: second } : { y, m: second, date: first };
      },
    },
    {
      pattern: new RegExp(
        `${before}${day} ?(?:st|nd|rd|th|er|\\.|,)?\\s+(?:day\\s+)?(?:of\\s+)?(${monthSource})[.,]?\\s+${year}${behind}`,
        'giu',
      ),
      read: ([date = '', m = '', y = '']) => ({ y, m, date }),
    },
    {
      pattern: new RegExp(`${before}(${monthSource})[.]?\\s+${day}(?:st|nd|rd|th)?,?\\s+${year}${behind}`, 'giu'),
      read: ([m = '', date = '', y = '']) => ({ y, m, date }),
    },
  ];

interface Parts {
  readonly y: string;
  readonly m: string;
  readonly date: string;
}
type Order = 'dayFirst' | 'monthFirst' | 'unknown';

/** In order. A date written in numbers whose order nothing in the text tells is left out: it could be either. */
export function findDates(text: string): FoundDate[] {
  const order = orderOf(text);
  const found = forms.flatMap(({ pattern, read }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const parts = read(match.slice(1), order);
      const iso = parts && isoOf(parts);
      return iso === undefined ? [] : [{ iso, start: match.index, end: match.index + match[0].length }];
    }),
  );
  return found
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((one, index, all) => {
      return !all.slice(0, index).some((other) => other.end > one.start);
    });
}

function isoOf({ y, m, date }: Parts): string | undefined {
  const digits = asDigits(y);
  const yearNumber = Number(digits.length === 2 ? `20${digits}` : digits);
  const monthNumber = monthNames.find(({ pattern }) => pattern.test(m))?.month ?? Number(asDigits(m));
  const dayNumber = Number(asDigits(date));
  if (!(yearNumber >= 1990 && yearNumber <= 2099)) return undefined;
  const made = new Date(Date.UTC(yearNumber, monthNumber - 1, dayNumber));
  const isReal = made.getUTCMonth() === monthNumber - 1 && made.getUTCDate() === dayNumber;
  return isReal ? made.toISOString().slice(0, 10) : undefined;
}

/** 03/04/2025 is the third of April in London and the fourth of March in New York. */
function orderOf(text: string): Order {
  const pairs = [...text.matchAll(/(?<!\d)(\d{1,2})([/-])(\d{1,2})\2\d{4}(?!\d)/g)];
  if (pairs.some(([, first]) => Number(first) > 12)) return 'dayFirst';
  if (pairs.some(([, , , second]) => Number(second) > 12)) return 'monthFirst';
  if (/£|€|\b(?:GBP|EUR|CHF|VAT|MwSt|USt|TVA|GmbH|Ltd|plc|SARL|SAS)\b/.test(text)) return 'dayFirst';
  return /\$|\bUSD\b|\b(?:Inc|LLC)\b/.test(text) ? 'monthFirst' : 'unknown';
}
