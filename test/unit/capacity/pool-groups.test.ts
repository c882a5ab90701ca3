import { poolGroupsOf } from '../../../src/capacity/pool-groups';

function groupsOf(pools: Record<string, string[]>, quotaGroups: Record<string, string> = {}): Record<string, string> {
  const endpoints = Object.fromEntries(
    Object.values(pools)
      .flat()
      .map((name) => [name, { name, quotaGroup: quotaGroups[name] ?? name }]),
  );
  const settings = {
    endpoints,
    pools: Object.fromEntries(Object.entries(pools).map(([name, list]) => [name, { name, endpoints: list }])),
  };
  return Object.fromEntries(poolGroupsOf(settings as never));
}

describe('poolGroupsOf', () => {
  test('keeps pools apart that share nothing', () => {
    expect(groupsOf({ smart: ['b', 'a'], fast: ['c'] })).toEqual({ smart: 'a', fast: 'c' });
  });

  test('joins pools that share an endpoint', () => {
    expect(groupsOf({ smart: ['b', 'c'], fast: ['c', 'd'] })).toEqual({ smart: 'b', fast: 'b' });
  });

  test('joins pools whose endpoints share a quota', () => {
    const joined = groupsOf({ smart: ['b'], fast: ['c'] }, { b: 'account', c: 'account' });
    expect(joined).toEqual({ smart: 'account', fast: 'account' });
  });

  test('joins over any number of steps, in whatever order they are named', () => {
    const pools = { one: ['p', 'q'], two: ['r', 's'], three: ['q', 'r'], four: ['z'] };
    const expected = { one: 'p', two: 'p', three: 'p', four: 'z' };
    expect(groupsOf(pools)).toEqual(expected);
    expect(groupsOf(Object.fromEntries(Object.entries(pools).reverse()))).toEqual(expected);
  });

  test('does not move a pool because another one is added beside it', () => {
    expect(groupsOf({ smart: ['b'], fast: ['a'] })['smart']).toBe(groupsOf({ smart: ['b'] })['smart']);
  });
});
