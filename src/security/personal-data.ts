/**
 * Personal data: e-mail addresses, phone and card numbers, bank accounts, network addresses. Checksums decide where
 * there are some, so that other numbers survive.
 *
 * Linear because every candidate starts at the start of its run of characters (the look-behind) or is bounded by a
 * number, and because neighbouring parts share no characters, so that there is one way only to read a text.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { redactIbans } from './iban';
import { mark } from './mark';

/** The last label has letters only: `pino@10.4.0` is a package. */
const email = /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu;

const phones = [
  /(?<![\w+])\+[1-9](?:[ ().-]{0,2}\d){7,14}(?!\d)/g, // +49 170 1234567
  /(?<![\w.+-])(?:\(\d{3}\) ?\d{3}[ -]\d{4}|\d{3}([.-])\d{3}\1\d{4})(?![\w-])/g, // (415) 555-0132
  /(?<![\w.+-])0[1-9]\d{1,3}[ /-]\d{3,4}[ -]?\d{3,5}(?![\w-])/g, // 0170 1234567
];

/** In one piece; the first digit keeps times in milliseconds (1…) and ISBNs (9…) out. */
const cardNumber = /(?<!\w|\d\.)(?:[3-6]\d{12,18}|2[2-7]\d{14})(?!\w|\.\d)/g;
/** In the groups printed on cards. */
const groupedCardNumber =
  /(?<![\w-])(?:[2-6]\d{3}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|3[47]\d{2}([ -])\d{6}\2\d{5})(?![\w-])/g;

/** Real addresses begin with a whole group; `a::b` is a name in some programming languages. */
const ipv6 =
  /(?<![\w:.])(?:::ffff|[0-9a-f]{2,4})(?::[0-9a-f]{0,4}){0,6}:(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4})(?![\w:]|\.\d)/gi;
const ipv4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)/g;
/** This machine and "any address" say nothing about anybody, and are what a developer looks for. */
const ownAddress = /^(?:(?:::ffff:)?127\..*|0\.0\.0\.0)$/i;

export function redactPersonalData(text: string): string {
  const withoutNumbers = redactIbans(text)
    .replace(cardNumber, redactCard)
    .replace(groupedCardNumber, redactCard)
    .replace(ipv6, (address) => (isIPv6(address) && !ownAddress.test(address) ? mark('ip') : address))
    .replace(ipv4, (address) => (isIPv4(address) && !ownAddress.test(address) ? mark('ip') : address));
  const withoutEmail = text.includes('@') ? withoutNumbers.replace(email, mark('email')) : withoutNumbers;
  return phones.reduce((rest, phone) => rest.replace(phone, mark('phone')), withoutEmail);
}

function redactCard(number: string): string {
  return passesLuhn(number.replaceAll(/[ -]/g, '')) ? mark('card') : number;
}

/** The checksum of payment cards: every second digit from the right doubled, digits added up, divisible by ten. */
function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
