import { summaryLine } from '../../../src/contracts/summary-line';

describe('summaryLine', () => {
  test('a short text stays as it is, on one line', () => {
    expect(summaryLine(' How to\n\tlisten ')).toBe('How to listen');
  });

  test.each(['a', 'é', '漢', '😀', '\ud800'])(
    'a text of many %j fits into the 400 bytes Temporal takes',
    (character) => {
      const line = summaryLine(character.repeat(1_000));
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(400);
      expect(line.endsWith('…')).toBe(true);
    },
  );
});
