import { maxRetryAfterMs, readRetryAfter } from '../../../src/providers/retry-after';

const nowMs = Date.parse('2026-11-21T10:00:00Z');
const read = (headers: Record<string, string>, withResets = true): number | undefined =>
  readRetryAfter(new Headers(headers), { withResets, nowMs });

describe('readRetryAfter', () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ['milliseconds', { 'retry-after-ms': '1250' }, 1_250],
    ['milliseconds before seconds', { 'retry-after-ms': '1250', 'retry-after': '2' }, 1_250],
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['fractions of seconds', { 'retry-after': '0.5' }, 500],
    ['fractions of milliseconds, rounded up', { 'retry-after-ms': '0.2' }, 1],
    ['none at all', { 'retry-after': '0' }, 0],
    ['an HTTP date', { 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }, 30_000],
    ['an HTTP date in RFC 850 form', { 'retry-after': 'Saturday, 21-Nov-26 10:00:30 GMT' }, 30_000],
    ['an RFC 3339 time', { 'retry-after': '2026-11-21T11:00:01+01:00' }, 1_000],
    ['a date that has passed', { 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }, 0],
    [
      'a date by the clock of the server, not by ours',
      { 'retry-after': 'Sat, 21 Nov 2026 10:05:30 GMT', date: 'Sat, 21 Nov 2026 10:05:00 GMT' },
      30_000,
    ],
    ['a day, clamped', { 'retry-after': '86400' }, maxRetryAfterMs],
    ['a date years ahead, clamped', { 'retry-after': 'Fri, 21 Nov 2036 10:00:00 GMT' }, maxRetryAfterMs],
    ['digits without end', { 'retry-after': '9'.repeat(60) }, maxRetryAfterMs],
    ['nothing', {}, undefined],
    ['an empty header', { 'retry-after': '' }, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['prose', { 'retry-after': 'soon' }, undefined],
    ['prose that Date.parse takes for a date', { 'retry-after': 'attempt 1' }, undefined],
    ['NaN', { 'retry-after': 'NaN' }, undefined],
    ['an exponent', { 'retry-after': '1e3' }, undefined],
    ['a date that does not exist', { 'retry-after': 'Sat, 99 Nov 2026 10:00:30 GMT' }, undefined],
    ['a header of many kilobytes', { 'retry-after': '1'.repeat(8_000) }, undefined],
    ['garbage in one header, sense in the next', { 'retry-after-ms': 'x', 'retry-after': '3' }, 3_000],
    ['a Go duration', { 'x-ratelimit-reset-tokens': '6m0s' }, 360_000],
    ['a Go duration in milliseconds', { 'x-ratelimit-reset-requests': '12ms' }, 12],
    ['whole seconds', { 'x-ratelimit-reset-tokens': '17' }, 17_000],
    ['Azure’s unknown', { 'x-ratelimit-reset-tokens': '-1' }, undefined],
    ['a reset of the project', { 'x-ratelimit-reset-project-tokens': '2s' }, 2_000],
    ['the wait hint before any reset', { 'retry-after': '1', 'x-ratelimit-reset-tokens': '6m0s' }, 1_000],
    [
      'the longest reset among the spent limits',
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '2s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '5s',
        'x-ratelimit-remaining-images': '3',
        'x-ratelimit-reset-images': '1m',
      },
      5_000,
    ],
    [
      'that of tokens when no limit is spent',
      {
        'x-ratelimit-remaining-requests': '40',
        'x-ratelimit-reset-requests': '50s',
        'x-ratelimit-remaining-tokens': '12',
        'x-ratelimit-reset-tokens': '3s',
      },
      3_000,
    ],
    [
      'an RFC 3339 reset',
      { 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': '2026-11-21T10:00:09Z' },
      9_000,
    ],
    ['a reset that is garbage', { 'anthropic-ratelimit-tokens-reset': 'tomorrow' }, undefined],
  ])('reads %s', (_what, headers, expected) => expect(read(headers)).toBe(expected));

  test('leaves the reset headers alone unless asked for: they stand on every response', () => {
    expect(read({ 'x-ratelimit-reset-tokens': '6m0s' }, false)).toBeUndefined();
  });

  test('takes missing headers for silence', () => {
    expect(readRetryAfter(undefined)).toBeUndefined();
  });
});
