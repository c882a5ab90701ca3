/** International bank account numbers, found by country, length and checksum (ISO 13616). */
import { mark } from './mark';

/** Length by country, from the SWIFT registry. */
const lengths = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 ' +
    'LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** A start is followed by at most 64 characters of reading, so the cost is linear. */
const start = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?= ?[A-Z0-9])/g;

export function redactIbans(text: string): string {
  let redacted = '';
  let done = 0;
  for (const { index, 0: head } of text.matchAll(start)) {
    if (index < done) continue;
    const end = endOfIban(text, index, lengths.get(head.slice(0, 2)) ?? 0);
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
  return length > 0 && isWhole && remainder(digits) === 1 ? end : undefined;
}

/** Modulo 97 with the first four characters moved to the end and letters read as 10 to 35. */
function remainder(iban: string): number {
  return [...`${iban.slice(4)}${iban.slice(0, 4)}`].reduce((rest, character) => {
    const value = Number.parseInt(character, 36);
    return (rest * (value > 9 ? 100 : 10) + value) % 97;
  }, 0);
}
