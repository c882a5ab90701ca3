import { readingOf } from '../../../../bench/chaos-capacity/lease-check';

describe('readingOf', () => {
  test.each([
    [
      'in order once is in order',
      [
        { leases: 9, held: 7, inFlight: 7 },
        { leases: 8, held: 8, inFlight: 8 },
      ],
      0,
      0,
    ],
    [
      'what no moment was without is leaked',
      [
        { leases: 9, held: 6, inFlight: 6 },
        { leases: 8, held: 7, inFlight: 7 },
      ],
      1,
      0,
    ],
    ['booked ahead is held, not leaked', [{ leases: 9, held: 9, inFlight: 4 }], 0, 0],
    [
      'calls in flight need leases',
      [
        { leases: 3, held: 3, inFlight: 5 },
        { leases: 4, held: 4, inFlight: 5 },
      ],
      0,
      1,
    ],
  ])('%s', (_, moments, leaked, unleased) => {
    expect(readingOf('slots', moments)).toEqual({ endpoint: 'slots', leaked, unleased, moments: moments.length });
  });

  test('without a single quiet moment it says so', () => {
    expect(readingOf('slots', []).moments).toBe(0);
  });
});
