import { parseGoDuration, parseTimestamp, readClock } from '../../../src/providers/header-values';

describe('parseGoDuration', () => {
  test.each([
    ['1h2m3.5s', 3_723_500],
    ['1.5s', 1_500],
    ['250µs', 0.25],
    ['250μs', 0.25],
    ['100us', 0.1],
    ['1000000ns', 1],
    ['0s', 0],
    ['1m30s', 90_000],
    ['12', undefined],
    ['', undefined],
    ['s', undefined],
    ['1d', undefined],
    ['-1s', undefined],
    ['1s ', undefined],
    ['1x2s', undefined],
    [`${'1s'.repeat(40)}`, undefined],
  ])('reads %j as %j ms', (text, ms) => {
    const parsed = parseGoDuration(text);
    if (ms === undefined) expect(parsed).toBeUndefined();
    else expect(parsed).toBeCloseTo(ms, 9);
  });
});

describe('parseTimestamp', () => {
  test.each([
    ['2026-11-21T10:00:00Z', Date.UTC(2026, 10, 21, 10)],
    [' 2026-11-21T10:00:00.250Z ', Date.UTC(2026, 10, 21, 10) + 250],
    ['2026-11-21T11:00:00+01:00', Date.UTC(2026, 10, 21, 10)],
    ['2026-11-21', undefined],
    ['2026-99-21T10:00:00Z', undefined],
    ['Sat, 21 Nov 2026 10:00:00 GMT', undefined],
    ['1', undefined],
    ['', undefined],
    [null, undefined],
    [`2026-11-21T10:00:00.${'0'.repeat(80)}Z`, undefined],
  ])('reads %j as %j', (text, ms) => {
    expect(parseTimestamp(text)).toBe(ms);
  });
});

describe('readClock', () => {
  test.each([
    ['the provider’s own clock', { date: 'Sat, 21 Nov 2026 10:00:00 GMT' }, Date.UTC(2026, 10, 21, 10)],
    ['ours where there is none', {}, 5],
    ['ours where it is garbage', { date: 'attempt 1' }, 5],
  ])('is %s', (_, headers: Record<string, string>, ms) => {
    expect(readClock(new Headers(headers), 5)).toBe(ms);
  });
});
