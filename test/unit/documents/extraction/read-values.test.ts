import { findAmounts } from '../../../../src/documents/extraction/amounts';
import { cleanText } from '../../../../src/documents/extraction/clean-text';
import { findDates } from '../../../../src/documents/extraction/dates';
import { findIbans } from '../../../../src/documents/extraction/ibans';
import { readName } from '../../../../src/documents/extraction/names';

describe('findDates', () => {
  test.each([
    ['3 March 2026', ['2026-03-03']],
    ['March 3rd, 2026', ['2026-03-03']],
    ['the 3rd day of March 2026', ['2026-03-03']],
    ['den 3. März 2026', ['2026-03-03']],
    ['le 1er août 2025', ['2025-08-01']],
    ['03.11.2025', ['2025-11-03']],
    ['3.11.25', ['2025-11-03']],
    ['2025-11-03', ['2025-11-03']],
    ['12 Marcl1 2026', []],
    ['l2.O3.2O26', ['2026-03-12']],
    ['3 Marz 2026', ['2026-03-03']],
    ['12\nMarch 2026', ['2026-03-12']],
    ['on 03/04/2025 we paid £5.00', ['2025-04-03']],
    ['on 03/04/2025 we paid $5.00', ['2025-03-04']],
    ['from 03/04/2025 to 25/04/2025', ['2025-04-03', '2025-04-25']],
    ['31.02.2025', []],
    ['99.99.2025', []],
    ['12.03.1785', []],
    ['version 1.2.3.2024 of 10.10.10.10', []],
    ['0123/45/2025', []],
  ])('%j → %j', (text, dates) => {
    expect(findDates(text).map(({ iso }) => iso)).toEqual(dates);
  });

  test('leaves out a date of which nothing says whether the day or the month comes first', () => {
    expect(findDates('on 03/04/2025')).toEqual([]);
    expect(findDates('on 04/04/2025').map(({ iso }) => iso)).toEqual(['2025-04-04']);
  });
});

describe('findAmounts', () => {
  test.each([
    ['£1,234.50', [[1234.5, 'GBP']]],
    ['1.234,50 €', [[1234.5, 'EUR']]],
    ["CHF 1'234.50", [[1234.5, 'CHF']]],
    ['1 234,50 EUR', [[1234.5, 'EUR']]],
    ['EUR 1.200', [[1200, 'EUR']]],
    ['$450', [[450, 'USD']]],
    ['12.00', [[12, undefined]]],
    ['€ 1.2O4,5O', [[1204.5, 'EUR']]],
    ['€ SOLD,OO', []],
    ['1.2O4,50 €', [[1204.5, 'EUR']]],
    ['12.03.2025', []],
    ['VAT 19,00 %', []],
    ['Tel. 0421 5562', []],
    ['INV-2041.50', []],
    ['8.042,83\nEUR', [[8042.83, 'EUR']]],
  ])('%j → %j', (text, amounts) => {
    const found = findAmounts(text).map(({ value, currency }) => [value, currency]);
    expect(found).toEqual(amounts);
  });
});

describe('findIbans', () => {
  const iban = 'DE89370400440532013000';
  test.each([
    ['IBAN DE89 3704 0044 0532 0130 00.', [iban]],
    ['DE89\n3704 0044 0532 0130 00', [iban]],
    ['DE89 37O4 OO44 O532 0l3O 0O', [iban]],
    ['DE89370400440532013000 and again DE89 3704 0044 0532 0130 00', [iban]],
    ['GB82 WEST 1234 5698 7654 32', ['GB82WEST12345698765432']],
    ['DE89 3704 0044 0532 0130 01', []],
    ['DE89 3704 0044', []],
    ['XX89 3704 0044 0532 0130 00', []],
  ])('%j → %j', (text, ibans) => {
    expect(findIbans(text)).toEqual(ibans);
  });
});

describe('readName', () => {
  test.each([
    ['Herrn Jörg Müller', 'Jörg Müller'],
    ['Cedar Ridge Supply, Inc.', 'Cedar Ridge Supply, Inc.'],
    ['Hallam & Sons Ltd of 4 Abbey Close', undefined],
    ['Nordlicht GmbH · Hafenweg 4 · 20457 Hamburg', 'Nordlicht GmbH'],
    ['Mü11er GmbH', undefined],
    ['thank you', undefined],
    ['12 Station Road', undefined],
    ['', undefined],
  ])('%j → %j', (line, name) => {
    expect(readName(line)).toBe(name);
  });
});

describe('cleanText', () => {
  test.each([
    ['a word parted at the end of a line', 'the docu-\nment is', 'the document\n is'],
    ['letters set apart', 'I N V O I C E', 'INVOICE'],
    ['page numbers', 'a\nPage 1 of 2\nb', 'a\nb'],
    ['stamps', 'a\n*** RECEIVED 12 MAR 2025 ***\nb', 'a\nb'],
    ['NUL bytes and soft hyphens', 'a\u0000b\u00adc', 'abc'],
    ['codes with a hyphen', 'RE-\n2024', 'RE-\n2024'],
  ])('%s', (_what, text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });
});
