import { cellsOf, inFlight, poolsOf } from '../../../../bench/reserve/cells';

const open = cellsOf('full').filter(({ load }) => load === 'open');

describe('cellsOf', () => {
  test.each([1, 8, 32])(
    'measures a pool of %d with nothing, 10,000 and 100,000 alive, from 1 and 4 processes',
    (size) => {
      for (const live of [0, 10_000, 100_000]) {
        for (const processes of [1, 4]) {
          expect(open).toContainEqual({ endpoints: size, live, processes, load: 'open' });
        }
      }
    },
  );

  test('measures each pool booked full as well', () => {
    const full = cellsOf('full').filter(({ load }) => load === 'full');
    expect(full.map(({ endpoints }) => endpoints).sort((a, b) => a - b)).toEqual([1, 8, 32]);
  });

  test.each(['full', 'small'] as const)('of the set %s share the calls under way evenly', (set) => {
    for (const { processes } of cellsOf(set)) expect(inFlight % processes).toBe(0);
  });
});

describe('poolsOf', () => {
  test('keeps every cell, and within a pool never takes away what is alive', () => {
    const pools = poolsOf(cellsOf('full'));
    expect(pools.flat()).toHaveLength(cellsOf('full').length);
    for (const pool of pools) {
      expect(new Set(pool.map(({ endpoints, load }) => `${endpoints} ${load}`)).size).toBe(1);
      const live = pool.map((cell) => cell.live);
      expect(live).toEqual([...live].sort((a, b) => a - b));
    }
  });
});
