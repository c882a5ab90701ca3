import { overloadIn } from '../../../src/contracts/overload';

const overload = { pool: 'smart', expectedMs: 1_000, waiting: 3 };

describe('overloadIn', () => {
  test('finds it among other facts', () => {
    expect(overloadIn({ ...overload, step: 'research.outline', attempts: [] })).toEqual(overload);
  });

  test.each([undefined, null, 'full', 7, [], {}, { ...overload, pool: 7 }, { ...overload, expectedMs: '1000' }])(
    'finds none in %j',
    (told) => {
      expect(overloadIn(told)).toBeUndefined();
    },
  );
});
