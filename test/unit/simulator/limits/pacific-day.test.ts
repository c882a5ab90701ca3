import { FixedWindow } from '../../../../src/simulator/limits/fixed-window';
import { pacificDay } from '../../../../src/simulator/limits/pacific-day';

describe('pacificDay', () => {
  test.each([
    ['in winter at 08:00 UTC', '2026-11-05T12:00:00Z', '2026-11-06T08:00:00Z'],
    ['in summer at 07:00 UTC', '2026-07-05T12:00:00Z', '2026-07-06T07:00:00Z'],
    ['a moment before midnight', '2026-07-06T06:59:59.999Z', '2026-07-06T07:00:00Z'],
    ['at midnight itself a day later', '2026-07-06T07:00:00Z', '2026-07-07T07:00:00Z'],
    ['after the 23 hours of the day that summer time begins', '2026-03-08T08:00:00Z', '2026-03-09T07:00:00Z'],
    ['after the 25 hours of the day that it ends', '2026-11-01T07:00:00Z', '2026-11-02T08:00:00Z'],
    ['over the end of a month and year', '2027-01-01T07:59:00Z', '2027-01-01T08:00:00Z'],
  ])('the count starts anew %s', (_name, now, expected) => {
    expect(new Date(pacificDay.endOf(Date.parse(now))).toISOString()).toBe(new Date(expected).toISOString());
  });

  test('a daily limit is spent until midnight, and whole again then', () => {
    const day = new FixedWindow(2, pacificDay);
    const eveningMs = Date.parse('2026-11-05T05:00:00Z');
    day.charge(1, eveningMs);
    day.charge(1, eveningMs + 60_000);
    expect(day.waitMs(1, eveningMs + 60_000)).toBe(3 * 3_600_000 - 60_000);
    expect(day.waitMs(2, Date.parse('2026-11-05T08:00:00Z'))).toBe(0);
  });
});
