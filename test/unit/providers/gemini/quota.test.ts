import { isDaily, readQuotaIds, readRetryDelay, untilPacificMidnightMs } from '../../../../src/providers/gemini/quota';

const hourMs = 3_600_000;

describe('untilPacificMidnightMs', () => {
  test.each([
    ['in winter', '2026-11-21T10:00:00Z', 22],
    ['in summer', '2026-07-01T10:00:00Z', 21],
    ['a moment before midnight', '2026-11-21T07:59:59.999Z', 0.001 / 3_600],
    ['at midnight, when a whole day lies ahead', '2026-11-21T08:00:00Z', 24],
    ['between the two midnights of UTC', '2026-07-01T07:30:00Z', 23.5],
    ['on the day of 23 hours', '2026-03-08T08:00:00Z', 23],
    ['on the day of 25 hours', '2026-11-01T07:00:00Z', 25],
    ['at the end of the year', '2026-12-31T23:00:00Z', 9],
  ])('%s', (_when, now, hours) => {
    expect(untilPacificMidnightMs(Date.parse(now))).toBeCloseTo(hours * hourMs, 6);
  });
});

describe('readQuotaIds', () => {
  test('finds the ids in any of the details, and leaves out what is none', () => {
    expect(
      readQuotaIds([
        { violations: [{ quotaId: 'A-PerMinute' }, { quotaId: 'not an id' }, { quotaId: 7 }, null, 'x'] },
        { violations: { quotaId: 'B' } },
        {},
        { violations: [{ quotaId: 'C-PerDay' }] },
      ]),
    ).toEqual(['A-PerMinute', 'C-PerDay']);
  });

  test.each([
    ['GenerateRequestsPerDayPerProjectPerModel-FreeTier', true],
    ['GenerateContentInputTokensPerModelPerDay', true],
    ['generate_requests_perday', true],
    ['GenerateRequestsPerMinutePerProjectPerModel', false],
    ['GenerateConcurrentRequestsPerProjectPerModel', false],
  ])('%s is daily: %s', (quotaId, expected) => expect(isDaily(quotaId)).toBe(expected));
});

describe('readRetryDelay', () => {
  test.each([
    ['18s', 18_000],
    ['0.5s', 500],
    ['20.04466179s', 20_045],
    ['0s', 0],
    ['90000s', 3_600_000],
    ['-3s', undefined],
    ['18', undefined],
    [`${'9'.repeat(400)}s`, undefined],
    [18, undefined],
    [null, undefined],
  ])('reads %j as %s ms', (retryDelay, expected) => expect(readRetryDelay([{ retryDelay }])).toBe(expected));

  test('takes the longest of several, and none of none', () => {
    expect(readRetryDelay([{ retryDelay: '3s' }, {}, { retryDelay: '7s' }])).toBe(7_000);
    expect(readRetryDelay([])).toBeUndefined();
  });
});
