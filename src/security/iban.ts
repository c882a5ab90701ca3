/** International bank account numbers, found in text by country, length and checksum. */
import { ibanLengthOf, isIban } from '../contracts/iban';
import { mark } from './mark';

/** A start is followed by at most 64 characters of reading, so the cost is linear. */
const start = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?= ?[A-Z0-9])/g;

export function redactIbans(text: string): string {
  let redacted = '';
  let done = 0;
  for (const { index, 0: head } of text.matchAll(start)) {
    if (index < done) continue;
    const end = endOfIban(text, index, ibanLengthOf(head.slice(0, 2)));
    if (end === undefined) continue;
    redacted += text.slice(done, index) + mark('iban');
    done = end;
  }
  return redacted + text.slice(done);
}

/** Where an IBAN of `length` characters that starts at `from` ends, single spaces inside not counted. */
function endOfIban(text: string, from: number, length: number): number | undefined {
  let digits = '';
  let end = from;
  while (digits.length < length) {
    const character = text.charAt(end);
    if (/^[A-Z0-9]$/.test(character)) digits += character;
    else if (character !== ' ' || text.charAt(end - 1) === ' ') return undefined;
    end += 1;
  }
  const isWhole = !/^[A-Za-z0-9]$/.test(text.charAt(end));
  return isWhole && isIban(digits) ? end : undefined;
}
