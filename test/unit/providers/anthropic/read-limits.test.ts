import type { LimitReading } from '../../../../src/contracts/capacity';
import { readLimits } from '../../../../src/providers/anthropic/read-limits';

const nowMs = Date.UTC(2026, 10, 21, 10);
const read = (headers: Record<string, string>): LimitReading[] => readLimits(new Headers(headers), nowMs);

/** `anthropic-ratelimit-…-{limit,remaining,reset}` of one unit. */
const unit = (name: string, limit: string, remaining: string, reset: string): Record<string, string> => ({
  [`anthropic-ratelimit-${name}-limit`]: limit,
  [`anthropic-ratelimit-${name}-remaining`]: remaining,
  [`anthropic-ratelimit-${name}-reset`]: reset,
});

const requests = unit('requests', '480', '79', '2026-11-21T10:00:10Z');
const input = unit('input-tokens', '40000', '12000', '2026-11-21T10:00:30Z');
const output = unit('output-tokens', '8000', '1000', '2026-11-21T10:01:00Z');
const tokens = unit('tokens', '48000', '13000', '2026-11-21T10:01:00Z');

describe('readLimits of Anthropic', () => {
  test('reads requests, input and output apart, and the input for a plain limit on tokens', () => {
    expect(read({ ...requests, ...input, ...output, ...tokens })).toEqual([
      { dimension: 'rpm', limit: 480, remaining: 79, resetMs: 10_000 },
      { dimension: 'tpm', limit: 40_000, remaining: 12_000, resetMs: 30_000 },
      { dimension: 'inputTpm', limit: 40_000, remaining: 12_000, resetMs: 30_000 },
      { dimension: 'outputTpm', limit: 8_000, remaining: 1_000, resetMs: 60_000 },
    ]);
  });

  test('takes a workspace’s limit for a plain one where less is left of it', () => {
    const workspace = unit('tokens', '20000', '3000', '2026-11-21T10:00:20Z');
    expect(read({ ...input, ...workspace })[0]).toEqual({
      dimension: 'tpm',
      limit: 20_000,
      remaining: 3_000,
      resetMs: 20_000,
    });
  });

  test.each([
    ['by the clock of the response', '2026-11-21T10:00:30Z', 'Sat, 21 Nov 2026 10:00:05 GMT', 25_000],
    ['by our clock without one', '2026-11-21T10:00:30.5Z', '', 30_500],
    ['in another time zone', '2026-11-21T11:00:30+01:00', '', 30_000],
    ['in the past, as full', '2026-11-21T09:59:59Z', '', 0],
  ])('reads a reset %s', (_, reset, date, resetMs) => {
    const headers = { ...unit('requests', '480', '79', reset), ...(date === '' ? {} : { date }) };
    expect(read(headers)).toEqual([{ dimension: 'rpm', limit: 480, remaining: 79, resetMs }]);
  });

  test.each([
    '',
    '30',
    '30s',
    'tomorrow',
    'Sat, 21 Nov 2026 10:00:30 GMT',
    '2026-11-21',
    '2026-13-21T10:00:00Z',
    '2036-11-21T10:00:00Z',
    `2026-11-21T10:00:30.${'0'.repeat(400)}Z`,
    '-1',
  ])('leaves out a reset of %j, and nothing else', (reset) => {
    expect(read(unit('requests', '480', '79', reset))).toEqual([{ dimension: 'rpm', limit: 480, remaining: 79 }]);
  });

  test.each(['-1', 'NaN', '', '1e9', '12.5', '9'.repeat(5_000)])('leaves out a count of %j', (count) => {
    expect(read(unit('requests', count, '79', '2026-11-21T10:00:10Z'))).toEqual([
      { dimension: 'rpm', remaining: 79, resetMs: 10_000 },
    ]);
  });

  test('reads nothing from no headers, and none of another provider', () => {
    expect(read({})).toEqual([]);
    expect(read({ 'x-ratelimit-limit-tokens': '5', 'retry-after': '3' })).toEqual([]);
  });
});
