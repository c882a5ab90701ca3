import {
  amountText,
  clipped,
  costText,
  countText,
  durationText,
  printable,
  wrapped,
} from '../../../../src/cli/view/text';

describe('durationText', () => {
  test.each([
    [-5, '0.0 s'],
    [0, '0.0 s'],
    [420, '0.4 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_599_700, '1 h 00 min'],
    [3_840_000, '1 h 04 min'],
  ])('%i ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe('numbers', () => {
  test('are grouped, counted and priced', () => {
    expect(countText(1_234_567)).toBe('1,234,567');
    expect([amountText(0, 'step'), amountText(1, 'step'), amountText(1_200, 'step')]).toEqual([
      '0 steps',
      '1 step',
      '1,200 steps',
    ]);
    expect(costText(0.04118)).toBe('$0.0412');
  });
});

describe('printable', () => {
  test.each([
    ['colour', '\u001b[31mred\u001b[0m', 'red'],
    ['a window title', '\u001b]0;owned\u0007text', 'text'],
    ['line breaks', 'one\r\ntwo\u2028three', 'one two three'],
    ['a C1 sequence', 'a\u009b2Jb', 'ab'],
    ['bells and backspaces', 'pass\u0007word\u0008', 'pass word'],
  ])('takes %s out of text from elsewhere', (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test('leaves other text alone', () => {
    expect(printable('Ein “Größe”-Test – 音楽')).toBe('Ein “Größe”-Test – 音楽');
  });
});

describe('clipped', () => {
  test.each([
    ['short', 10, 'short'],
    ['exactly', 7, 'exactly'],
    ['too long', 5, 'too …'],
    ['𝄞𝄞𝄞', 2, '𝄞…'],
    ['gone', 0, ''],
  ])('%s in %i characters', (text, width, expected) => {
    expect(clipped(text, width)).toBe(expected);
  });
});

describe('wrapped', () => {
  test('breaks at spaces only', () => {
    expect(wrapped('one two  three\nfour incomprehensibilities', 9)).toEqual([
      'one two',
      'three',
      'four',
      'incomprehensibilities',
    ]);
    expect(wrapped('  ', 9)).toEqual([]);
  });
});
