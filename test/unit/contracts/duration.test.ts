import { parseDurationMs } from '../../../src/contracts/duration';

describe('parseDurationMs', () => {
  test.each([
    ['250ms', 250],
    ['5s', 5000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['3d', 259_200_000],
    ['1.5s', 1500],
    ['1.005s', 1005],
    ['0s', 0],
    ['24d', 2_073_600_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  test.each([
    '',
    '5',
    's',
    '5 s',
    '5S',
    '-5s',
    '+5s',
    '5sec',
    '1h30m',
    '0.5ms',
    '1e3s',
    '.5s',
    '٥s',
    '25d',
    '999999999d',
  ])('%j is no duration', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });

  test('the longest one still fits a Node timer', () => {
    expect(parseDurationMs('24d')).toBeLessThan(2 ** 31);
  });
});
