import type { LimitReading } from '../../../../src/contracts/capacity';
import { readLimits } from '../../../../src/providers/openai/read-limits';

const read = (headers: Record<string, string>): LimitReading[] => readLimits(new Headers(headers));

/** `x-ratelimit-{limit,remaining,reset}` of one unit. */
const unit = (name: string, limit: string, remaining: string, reset: string): Record<string, string> => ({
  [`x-ratelimit-limit-${name}`]: limit,
  [`x-ratelimit-remaining-${name}`]: remaining,
  [`x-ratelimit-reset-${name}`]: reset,
});

describe('readLimits of OpenAI', () => {
  test.each<[string, Record<string, string>, LimitReading[]]>([
    [
      'OpenAI’s Go durations',
      { ...unit('requests', '60', '59', '1s'), ...unit('tokens', '150000', '149984', '6m0s') },
      [
        { dimension: 'rpm', limit: 60, remaining: 59, resetMs: 1_000 },
        { dimension: 'tpm', limit: 150_000, remaining: 149_984, resetMs: 360_000 },
      ],
    ],
    [
      'milliseconds',
      unit('tokens', '9000', '8998', '12ms'),
      [{ dimension: 'tpm', limit: 9_000, remaining: 8_998, resetMs: 12 }],
    ],
    [
      'Azure’s whole seconds',
      { ...unit('requests', '900', '898', '8'), ...unit('tokens', '150000', '120000', '57') },
      [
        { dimension: 'rpm', limit: 900, remaining: 898, resetMs: 8_000 },
        { dimension: 'tpm', limit: 150_000, remaining: 120_000, resetMs: 57_000 },
      ],
    ],
    [
      'what Azure knows beside what it does not',
      { ...unit('requests', '-1', '-1', '-1'), ...unit('tokens', '75000', '-1', '-1') },
      [{ dimension: 'tpm', limit: 75_000 }],
    ],
    [
      'a limit of the day, by how long it takes to be full again',
      unit('requests', '200', '199', '7m12s'),
      [{ dimension: 'rpd', limit: 200, remaining: 199, resetMs: 432_000 }],
    ],
    [
      'a whole day',
      unit('requests', '50', '0', '23h59m59s'),
      [{ dimension: 'rpd', limit: 50, remaining: 0, resetMs: 86_399_000 }],
    ],
    [
      'the project’s tokens where fewer are left of them',
      { ...unit('tokens', '150000', '140000', '4s'), ...unit('project-tokens', '40000', '30000', '15s') },
      [{ dimension: 'tpm', limit: 40_000, remaining: 30_000, resetMs: 15_000 }],
    ],
    [
      'the organisation’s tokens where fewer are left of them',
      { ...unit('tokens', '150000', '2000', '59s'), ...unit('project-tokens', '40000', '30000', '15s') },
      [{ dimension: 'tpm', limit: 150_000, remaining: 2_000, resetMs: 59_000 }],
    ],
    [
      'the project’s alone',
      unit('project-tokens', '40000', '30000', '15s'),
      [{ dimension: 'tpm', limit: 40_000, remaining: 30_000, resetMs: 15_000 }],
    ],
    ['no headers', {}, []],
    ['nothing but garbage', { ...unit('requests', '', 'many', 'soon'), ...unit('tokens', 'NaN', '-3', '-1s') }, []],
    ['other units', unit('images', '5', '4', '1m'), []],
  ])('reads %s', (_, headers, expected) => {
    expect(read(headers)).toEqual(expected);
  });

  test.each([
    '-1',
    '-1s',
    '',
    'soon',
    'NaN',
    '1e9',
    '9'.repeat(60),
    '9'.repeat(5_000),
    '1d',
    '99999h',
    '1s1',
    '2026-11-21T10:00:00Z',
    'constructor',
  ])('leaves out a reset of %j, and nothing else', (reset) => {
    expect(read(unit('tokens', '9000', '8000', reset))).toEqual([{ dimension: 'tpm', limit: 9_000, remaining: 8_000 }]);
  });

  test('a header that was sent twice says nothing', () => {
    const headers = new Headers(unit('tokens', '9000', '8000', '1s'));
    headers.append('x-ratelimit-limit-tokens', '5');
    expect(readLimits(headers)).toEqual([{ dimension: 'tpm', remaining: 8_000, resetMs: 1_000 }]);
  });
});
