import type { LimitReading } from '../../../src/contracts/capacity';
import { ageReadings, readingOf, tighterOf } from '../../../src/providers/limit-readings';

describe('readingOf', () => {
  const read = (changes: Partial<Parameters<typeof readingOf>[1]>): LimitReading | undefined =>
    readingOf('tpm', { limit: null, remaining: null, resetMs: undefined, ...changes });

  test('is what the three fields say', () => {
    const fields = { limit: ' 150000 ', remaining: '0', resetMs: 1_500.2 };
    expect(read(fields)).toEqual({ dimension: 'tpm', limit: 150_000, remaining: 0, resetMs: 1_501 });
  });

  test('is nothing when no field says anything', () => {
    expect(read({})).toBeUndefined();
  });

  test.each([
    '-1',
    '',
    ' ',
    'NaN',
    'Infinity',
    'null',
    '1e3',
    '0x10',
    '12.5',
    '+5',
    '1,000',
    '10, 10',
    '١٢',
    '9999999999999',
    '9'.repeat(400),
  ])('leaves out a count of %j, and nothing else', (text) => {
    expect(read({ limit: text, remaining: '7' })).toEqual({ dimension: 'tpm', remaining: 7 });
    expect(read({ limit: '7', remaining: text })).toEqual({ dimension: 'tpm', limit: 7 });
  });

  test('leaves out a limit of nothing: an answer has come through it', () => {
    expect(read({ limit: '0', remaining: '0' })).toEqual({ dimension: 'tpm', remaining: 0 });
  });

  test.each([NaN, Infinity, 27 * 3_600_000])('leaves out a reset in %d ms', (resetMs) => {
    expect(read({ limit: '7', resetMs })).toEqual({ dimension: 'tpm', limit: 7 });
  });
});

describe('tighterOf', () => {
  const whole = { dimension: 'tpm', limit: 100, remaining: 40, resetMs: 9 } as const;

  test.each<[string, LimitReading | undefined, LimitReading | undefined]>([
    ['with less left', { dimension: 'tpm', limit: 500, remaining: 41 }, whole],
    ['with the lower limit when as much is left', { dimension: 'tpm', limit: 101, remaining: 40 }, whole],
    ['that says what is left', { dimension: 'tpm', limit: 10 }, whole],
    ['there is', undefined, whole],
  ])('is the one %s', (_, other, tighter) => {
    expect(tighterOf(other, whole)).toBe(tighter);
    expect(tighterOf(whole, other)).toBe(tighter);
  });

  test('is nothing of nothing', () => {
    expect(tighterOf(undefined, undefined)).toBeUndefined();
  });
});

describe('ageReadings', () => {
  test('says how old each is, and leaves it as it was', () => {
    const reading = { dimension: 'tpm', limit: 100, remaining: 40, resetMs: 9_000 } as const;
    expect(ageReadings([reading, { dimension: 'rpm', remaining: 4 }], 2_000.4)).toEqual([
      { ...reading, ageMs: 2_000 },
      { dimension: 'rpm', remaining: 4, ageMs: 2_000 },
    ]);
  });
});
