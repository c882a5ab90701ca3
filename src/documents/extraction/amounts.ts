/** Amounts of money in a text. */
import type { Currency } from '../../contracts/pipelines/extracted-document';
import { asDigits } from './tolerant';

export interface FoundAmount {
  /** Two decimals. */
  readonly value: number;
  readonly currency?: Currency;
  readonly start: number;
  readonly end: number;
}

const signs: Readonly<Record<string, Currency>> = {
  '€': 'EUR',
  EUR: 'EUR',
  EURO: 'EUR',
  Euro: 'EUR',
  euros: 'EUR',
  EUROS: 'EUR',
  '£': 'GBP',
  GBP: 'GBP',
  $: 'USD',
  US$: 'USD',
  USD: 'USD',
  CHF: 'CHF',
  'Fr.': 'CHF',
  SFr: 'CHF',
};
const sign = '(?:US\\$|EUROS?|Euro|euros|EUR|GBP|USD|CHF|SFr|Fr\\.|[€£$])';
/** First and last are real digits or the whole is confirmed by its two decimals; what looks like a digit may stand inside. */
const inner = '[0-9OolISBZ]';
const thousands = `\\d${inner}{0,2}(?:[.,' ]${inner}{3})+`;
const whole = `\\d${inner}{0,8}`;
const decimals = `[.,] ?${inner}{2}`;
const pattern = new RegExp(
  `(?<![\\p{L}\\p{N}.,/-])(?:(${sign})\\s?)?(-? ?(?:${thousands}|${whole})(?:${decimals})?)(?![\\p{L}\\p{N}]|[.,/-]\\d| ?%)(?:,-{1,2}|\\.-)?(?:\\s?(${sign})(?![\\p{L}]))?`,
  'gu',
);

/** In order. A number without a currency counts only with two decimals. */
export function findAmounts(text: string): FoundAmount[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const [all, signBefore, number = '', signBehind] = match;
    const currency = signs[signBefore ?? signBehind ?? ''];
    const value = valueOf(number, currency !== undefined);
    if (value === undefined) return [];
    const place = { start: match.index, end: match.index + all.length };
    return [{ value, ...place, ...(currency === undefined ? {} : { currency }) }];
  });
}

function valueOf(text: string, hasCurrency: boolean): number | undefined {
  const real = text.replace(/\D/g, '').length;
  const digits = asDigits(text.replace(/\s(?=[.,]|\d{2}$)/g, '').replace(/([.,]) /g, '$1'));
  // Mostly letters: a word, not a number.
  if (real * 2 < digits.replace(/\D/g, '').length) return undefined;
  const cents = /[.,](\d{2})$/.exec(digits)?.[1];
  if (cents === undefined && !hasCurrency) return undefined;
  const units = (cents === undefined ? digits : digits.slice(0, -3)).replace(/[.,' ]/g, '');
  const value = Number(`${units}.${cents ?? '00'}`);
  return Number.isFinite(value) ? value : undefined;
}

export function inCents(value: number): number {
  return Math.round(value * 100);
}

/** The one currency of a text; undefined where there are none or several. */
export function currencyOf(text: string): Currency | undefined {
  const found = new Set(
    [...text.matchAll(new RegExp(`(?<!\\p{L})${sign}(?!\\p{L})`, 'gu'))].map(([one]) => signs[one] as Currency),
  );
  return found.size === 1 ? [...found][0] : undefined;
}
