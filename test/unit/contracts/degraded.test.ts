import type { EndpointReading, PoolReading } from '../../../src/contracts/capacity';
import { flagFor, poolDegradation } from '../../../src/contracts/degraded';
import type { DegradedFlag } from '../../../src/contracts/degraded';

describe('flagFor', () => {
  const flag = (scope: Partial<DegradedFlag>, until = '2026-11-22T10:00:00.000Z'): DegradedFlag => ({
    reason: JSON.stringify(scope),
    by: 'ana',
    until,
    ...scope,
  });
  const run = { tenant: 'acme', pipeline: 'report' };

  test.each([
    ['one for all', {}, true],
    ['one for its tenant', { tenant: 'acme' }, true],
    ['one for its pipeline', { pipeline: 'report' }, true],
    ['one for both', { tenant: 'acme', pipeline: 'report' }, true],
    ['not one for another tenant', { tenant: 'other' }, false],
    ['not one for another pipeline of its tenant', { tenant: 'acme', pipeline: 'other' }, false],
  ])('%s holds for a run', (_, scope, holds) => {
    expect(flagFor([flag(scope)], run) !== undefined).toBe(holds);
  });

  test('of several the one that ends last is told', () => {
    const last = flag({ tenant: 'acme' }, '2026-11-22T12:00:00.000Z');
    expect(flagFor([flag({}), last, flag({ pipeline: 'report' })], run)).toBe(last);
  });
});

describe('poolDegradation', () => {
  const reading = (waitMs: number, ...breakers: EndpointReading['breaker'][]): PoolReading => ({
    pool: 'smart',
    endpoints: breakers.map((breaker) => ({ breaker }) as EndpointReading),
    waiting: { interactive: 0, batch: 0 },
    expectedWaitMs: { interactive: waitMs, batch: 9_999_999 },
  });

  test.each([
    [
      'all breakers are open',
      reading(0, 'open', 'open'),
      { breakers: 'all' },
      'pool smart: 2 of 2 circuit breakers are open',
    ],
    ['one of two is, and all must be', reading(0, 'open', 'closed'), { breakers: 'all' }, undefined],
    [
      'one of two is, and any is enough',
      reading(0, 'open', 'closed'),
      { breakers: 'any' },
      'pool smart: 1 of 2 circuit breakers are open',
    ],
    ['a probe is under way', reading(0, 'probing'), { breakers: 'any' }, undefined],
    [
      'the wait is longer',
      reading(20_001),
      { expectedWaitMs: 20_000 },
      'pool smart: a call that comes now would wait 20 s',
    ],
    ['the wait is as long', reading(20_000), { expectedWaitMs: 20_000 }, undefined],
    ['there are no endpoints', reading(0), { breakers: 'all' }, undefined],
  ] as const)('%s', (_, pool, when, expected) => {
    expect(poolDegradation(pool, when)).toBe(expected);
  });
});
