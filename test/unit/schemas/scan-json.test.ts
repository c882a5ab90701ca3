import fc from 'fast-check';
import { scanJson } from '../../../src/schemas/scan-json';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Does the scanner take the text as one JSON value with nothing but white space around it? */
function isScanned(text: string): boolean {
  const scan = scanJson(text, 0);
  return scan.ok && /^[ \t\n\r]*$/.test(text.slice(scan.end));
}

describe('scanJson', () => {
  test('takes strings as long as an answer may be', () => {
    const text = JSON.stringify({ a: 'x"é'.repeat(600_000) });
    expect(scanJson(text, 0)).toEqual({ ok: true, end: text.length });
    expect(scanJson(text.slice(0, -2), 0)).toMatchObject({ ok: false, problem: expect.stringContaining('text ends') });
  });

  test('takes whatever JSON.stringify writes, to its last character', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        fc.pre(!/__proto__|constructor|prototype/.test(text));
        expect(scanJson(text, 0)).toEqual({ ok: true, end: text.length });
      }),
    );
  });

  test('agrees with JSON.parse on texts that are nearly JSON', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '0',
      '01',
      '-',
      '1.5e3',
      '1.',
      'true',
      'nul',
      ' ',
      '\n',
      '\u00a0',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join('');
        expect(isScanned(text)).toBe(isJson(text));
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ['{"a":1,}', 7, 'expected a key in double quotes'],
    ['[1,]', 3, 'expected a JSON value'],
    ['{"a" 1}', 5, 'expected ":" after a key'],
    ['[1 2]', 3, 'expected "," or "]"'],
    ["{'a':1}", 1, 'expected a key in double quotes'],
    ['["a\nb"]', 1, 'a string with a bare line break or a bad escape'],
    ['[NaN]', 1, 'expected a JSON value'],
    ['["a', 1, 'the text ends before the JSON is complete'],
    ['{"a\\u00', 1, 'the text ends before the JSON is complete'],
    ['{"a"', 4, 'the text ends before the JSON is complete'],
    ['{', 1, 'the text ends before the JSON is complete'],
  ])('says where %j goes wrong', (text, offset, problem) => {
    expect(scanJson(text, 0)).toEqual({ ok: false, offset, problem });
  });
});
