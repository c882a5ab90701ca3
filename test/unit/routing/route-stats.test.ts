import type { EndpointReading, PoolReading } from '../../../src/contracts/capacity';
import { joinReadings } from '../../../src/routing/route-reading';
import { createRouteStats } from '../../../src/routing/route-stats';
import type { PoolInspector } from '../../../src/routing/route-stats';

const endpoints = [{ endpoint: 'east', quotaGroup: 'east', limits: { rpm: 60 } }];

function reading(latencyMs: number): PoolReading {
  const east: EndpointReading = {
    endpoint: 'east',
    quotaGroup: 'east',
    limitsVersion: 1,
    dimensions: [],
    inFlight: 0,
    breaker: 'closed',
    blockedForMs: 0,
    rateFactor: 1,
    rateLimited: 0,
    calls: 7,
    faults: 1,
    latencyMs,
  };
  const nobody = { interactive: 0, batch: 0 };
  return { pool: 'smart', endpoints: [east], waiting: nobody, expectedWaitMs: nobody };
}

/** A store whose looks are answered by hand, and a clock that is moved by hand. */
function open() {
  const looks: { pool: string; answer: (reading: PoolReading) => void; fail: () => void }[] = [];
  const inspector: PoolInspector = {
    inspect: (pool) =>
      new Promise((answer, reject) => looks.push({ pool, answer, fail: () => reject(new Error('silent')) })),
  };
  const clock = { nowMs: 0 };
  const stats = createRouteStats(inspector, () => clock.nowMs);
  const latencyOf = (pool = 'smart') => stats.of(pool, endpoints).get('east')?.latencyMs;
  return { looks, clock, latencyOf, stats };
}

const settled = () => new Promise((done) => setImmediate(done));

describe('createRouteStats', () => {
  test('answers at once, first nothing, then what was seen last', async () => {
    const { looks, latencyOf, stats } = open();
    expect(latencyOf()).toBeUndefined();
    looks[0]?.answer(reading(300));
    await settled();
    expect(stats.of('smart', endpoints).get('east')).toEqual({ calls: 7, faults: 1, latencyMs: 300 });
  });

  test('looks at most once a second and pool', async () => {
    const { looks, clock, latencyOf } = open();
    for (let call = 0; call < 10; call++) latencyOf();
    latencyOf('mini');
    expect(looks.map(({ pool }) => pool)).toEqual(['smart', 'mini']);
    looks[0]?.answer(reading(300));
    await settled();
    clock.nowMs = 999;
    latencyOf();
    expect(looks).toHaveLength(2);
    clock.nowMs = 1_000;
    expect(latencyOf()).toBe(300);
    expect(looks).toHaveLength(3);
  });

  test('does not look again while a look is not answered', () => {
    const { looks, clock, latencyOf } = open();
    latencyOf();
    clock.nowMs = 60_000;
    latencyOf();
    expect(looks).toHaveLength(1);
  });

  test('keeps what it knows when a look fails, and tries again a second later', async () => {
    const { looks, clock, latencyOf } = open();
    latencyOf();
    looks[0]?.answer(reading(300));
    await settled();
    clock.nowMs = 1_000;
    latencyOf();
    looks[1]?.fail();
    await settled();
    clock.nowMs = 1_500;
    expect(latencyOf()).toBe(300);
    expect(looks).toHaveLength(2);
    clock.nowMs = 2_000;
    latencyOf();
    expect(looks).toHaveLength(3);
  });
});

describe('joinReadings', () => {
  test('sums calls and faults, weighs means by calls', () => {
    const readings = [
      { calls: 30, faults: 3, latencyMs: 1_000, costUsd: 0.01 },
      { calls: 10, faults: 0, latencyMs: 2_000 },
      { calls: 0, faults: 0 },
    ];
    expect(joinReadings(readings)).toEqual({ calls: 40, faults: 3, latencyMs: 1_250, costUsd: 0.01 });
  });

  test('knows no means before the first call', () => {
    expect(joinReadings([{ calls: 0, faults: 0 }])).toEqual({ calls: 0, faults: 0 });
    expect(joinReadings([])).toEqual({ calls: 0, faults: 0 });
  });
});
