import type { CapacityStore } from '../../../src/capacity/store';
import type { PoolReading } from '../../../src/contracts/capacity';
import type { Settings } from '../../../src/contracts/settings';
import { complexityOfRequest, overloadedFailure, routeClaim } from '../../../src/activities/route-claim';
import { loadText, minimal } from '../config/load-text';

describe('routeClaim', () => {
  const settings = (pool: string): Settings =>
    loadText(minimal.replace('fast: { endpoints: [east] }', `fast: { ${pool}, endpoints: [east, west] }`));
  const never: Pick<CapacityStore, 'inspect'> = { inspect: () => new Promise<PoolReading>(() => undefined) };
  const claim = (pool: string, rid = 'rid', complexity = 0) =>
    routeClaim(
      { settings: settings(pool), store: never as CapacityStore },
      {
        rid,
        pool: 'fast',
        candidates: ['east', 'west'].map((endpoint) => ({
          endpoint,
          quotaGroup: endpoint,
          limits: {},
          cost: { tokens: 1 },
        })),
        complexity,
        sizeOn: ({ name }) => ({ inputTokens: name === 'east' ? 1_000 : 10, maxOutputTokens: 1 }),
      },
    );
  const ranksOf = (...args: Parameters<typeof claim>) =>
    Object.fromEntries(claim(...args).candidates.map(({ endpoint, rank }) => [endpoint, rank]));

  test('ranks the candidates by the route of the pool', () => {
    expect(ranksOf('route: headroom')).toEqual({ east: 0, west: 0 });
    expect(ranksOf('route: priority')).toEqual({ east: 0, west: 1 });
    expect(ranksOf('route: cost')).toEqual({ east: 1, west: 0 });
    expect(ranksOf('route: capability', 'rid', 0.9)).toEqual({ east: 1, west: 0 });
    expect(ranksOf('route: latency')).toEqual({ east: 0, west: 0 });
  });

  test('the same claim is ranked the same', () => {
    expect(ranksOf('route: weighted', 'rid 7')).toEqual(ranksOf('route: weighted', 'rid 7'));
  });

  test('carries what the pool says about waiting', () => {
    expect(claim('route: { by: priority, spillAfter: 500ms }, overload: { backlog: 9 }')).toMatchObject({
      rid: 'rid',
      pool: 'fast',
      spillAfterMs: 500,
      overload: { backlog: 9 },
    });
    expect(claim('route: headroom')).not.toHaveProperty('overload');
  });
});

describe('complexityOfRequest', () => {
  const request = {
    messages: [{ role: 'user' as const, content: 'x'.repeat(500) }],
    parameters: { maxOutputTokens: 1 },
  };

  test('counts every text and the output schema', () => {
    expect(complexityOfRequest(request, undefined)).toBeCloseTo(0.05);
    const whole = { ...request, system: 'y'.repeat(500), output: { name: 'Outline', schema: {} } };
    expect(complexityOfRequest(whole, { tools: true })).toBeCloseTo(0.5);
  });
});

describe('overloadedFailure', () => {
  test.each([
    [1_042, 180_000, '1,042 calls waiting, about 3 min'],
    [1, 400, '1 call waiting, about 1 s'],
    [0, 89_000, '0 calls waiting, about 89 s'],
    [7, 7_200_000, '7 calls waiting, about 2 h'],
  ])('%d waiting, %d ms', (waiting, expectedMs, told) => {
    const failure = overloadedFailure('smart', { kind: 'overloaded', expectedMs, waiting });
    expect(failure.type).toBe('Capacity.Overloaded');
    expect(failure.message).toBe(
      `pool smart has ${told}; nothing was queued, try again later or raise pools.smart.overload`,
    );
    expect(failure.details).toEqual({ pool: 'smart', expectedMs, waiting });
  });
});
