import type { EndpointSettings, PoolChoice, RouteStrategy } from '../../../src/contracts/settings';
import { expectedCostOf } from '../../../src/routing/expected-cost';
import type { RouteReading } from '../../../src/routing/route-reading';
import type { RouteStats } from '../../../src/routing/route-stats';
import { createRouter } from '../../../src/routing/router';
import type { ChoiceRequest } from '../../../src/routing/router';

function endpoint(name: string, different: Partial<EndpointSettings> = {}): EndpointSettings {
  return {
    name,
    provider: 'openai',
    model: 'gpt-5',
    apiKeyEnv: 'KEY',
    quotaGroup: name,
    limits: { rpm: 60 },
    limitProfile: 'openai',
    weight: 1,
    price: { input: 1, output: 10 },
    contextWindow: 8_000,
    maxOutputTokens: 4_000,
    ...different,
  };
}

const knowing = (readings: Record<string, RouteReading> = {}): RouteStats & { asked: string[] } => {
  const asked: string[] = [];
  return {
    asked,
    of(pool, endpoints) {
      asked.push(pool);
      return new Map(endpoints.flatMap(({ endpoint: name }) => (readings[name] ? [[name, readings[name]]] : [])));
    },
  };
};

describe('createRouter, rank', () => {
  const endpoints = [
    endpoint('mini-east', { model: 'mini' }),
    endpoint('mini-west', { model: 'mini' }),
    endpoint('large', { model: 'large', weight: 1_000_000 }),
  ];
  const request = (by: RouteStrategy, complexity = 0) => ({
    pool: { name: 'mixed', route: { by, spillAfterMs: 0 } },
    endpoints,
    candidates: endpoints.map(({ name }, index) => ({ endpoint: name, expectedCostUsd: 3 - index })),
    complexity,
    seed: 'rid',
  });

  test.each<[RouteStrategy, number, number[]]>([
    ['headroom', 0, [0, 0, 0]],
    ['priority', 0, [0, 1, 2]],
    ['cost', 0, [2, 1, 0]],
    ['capability', 0, [0, 0, 1]],
    ['capability', 0.3, [1, 1, 0]],
    ['capability', 0.9, [1, 1, 0]],
  ])('%s of a request of complexity %d', (by, complexity, ranks) => {
    expect(createRouter(knowing()).rank(request(by, complexity))).toEqual(ranks);
  });

  test('weighted goes by the weights of the endpoints', () => {
    expect(createRouter(knowing()).rank(request('weighted'))[2]).toBe(0);
  });

  test('latency goes by the readings, other strategies do not ask for any', () => {
    const stats = knowing({
      'mini-east': { calls: 9, faults: 0, latencyMs: 900 },
      'mini-west': { calls: 9, faults: 0, latencyMs: 300 },
      large: { calls: 9, faults: 0, latencyMs: 600 },
    });
    const router = createRouter(stats);
    router.rank(request('headroom'));
    expect(stats.asked).toEqual([]);
    expect(router.rank(request('latency'))).toEqual([2, 0, 1]);
    expect(stats.asked).toEqual(['mixed']);
  });

  test('roundRobin counts the turns of each pool on its own', () => {
    const router = createRouter(knowing());
    const other = { ...request('roundRobin'), pool: { ...request('roundRobin').pool, name: 'other' } };
    expect(router.rank(request('roundRobin'))).toEqual([0, 1, 2]);
    expect(router.rank(request('roundRobin'))).toEqual([2, 0, 1]);
    expect(router.rank(other)).toEqual([0, 1, 2]);
  });

  test('ranks what is left for a hop by its place in the whole pool', () => {
    const hop = { ...request('capability', 0.9), candidates: request('capability').candidates.slice(1) };
    expect(createRouter(knowing()).rank(hop)).toEqual([1, 0]);
  });
});

describe('createRouter, choose', () => {
  const thresholds = { standard: 0.3, extended: 0.7 };
  const choice = (by: PoolChoice['by'], different: Partial<ChoiceRequest> = {}): ChoiceRequest => ({
    choice: { by, thresholds },
    options: [
      { size: 'small', pool: 'mini', endpoints: [endpoint('mini')], expectedCostUsd: 0.001 },
      { size: 'standard', pool: 'smart', endpoints: [endpoint('east'), endpoint('west')], expectedCostUsd: 0.01 },
      { size: 'extended', pool: 'large', endpoints: [endpoint('large')], expectedCostUsd: 0.1 },
    ],
    complexity: 0,
    seed: 'call',
    ...different,
  });

  test.each([
    [0, 0],
    [0.29, 0],
    [0.3, 1],
    [0.69, 1],
    [0.7, 2],
    [1, 2],
  ])('capability: complexity %d takes option %d', (complexity, index) => {
    expect(createRouter(knowing()).choose(choice('capability', { complexity }))).toBe(index);
  });

  test('capability: without the standard size, the next larger one', () => {
    const { options } = choice('capability');
    const two = {
      ...choice('capability', { complexity: 0.5 }),
      options: options.filter(({ size }) => size !== 'standard'),
    };
    expect(createRouter(knowing()).choose(two)).toBe(1);
  });

  test.each([
    [undefined, 2],
    [0.05, 1],
    [0.001, 0],
    [0, 0],
  ])('cost: with %p dollars left it takes option %d', (remainingUsd, index) => {
    expect(createRouter(knowing()).choose(choice('cost', { remainingUsd }))).toBe(index);
  });

  const readings = {
    mini: { calls: 100, faults: 0, latencyMs: 200 },
    east: { calls: 50, faults: 0, latencyMs: 900 },
    west: { calls: 50, faults: 0, latencyMs: 1_100 },
    large: { calls: 100, faults: 0, latencyMs: 600 },
  };

  test.each([
    [0, 0],
    [0.5, 2],
    [0.9, 2],
  ])('latency: the fastest of those that suffice for %d is option %d', (complexity, index) => {
    expect(createRouter(knowing(readings)).choose(choice('latency', { complexity }))).toBe(index);
  });

  test('latency: the largest when none suffices', () => {
    const { options } = choice('latency');
    const small = { ...choice('latency', { complexity: 0.9 }), options: options.slice(0, 2) };
    expect(createRouter(knowing(readings)).choose(small)).toBe(1);
  });

  test('latency: the smallest while nothing is known', () => {
    expect(createRouter(knowing()).choose(choice('latency'))).toBe(0);
  });

  test('learned: avoids the pool whose calls fail, the same call always chooses the same', () => {
    const failing = { ...readings, mini: { calls: 200, faults: 190, latencyMs: 200 } };
    const router = createRouter(knowing(failing));
    const chosen = Array.from({ length: 50 }, (_, index) =>
      router.choose(choice('learned', { seed: `call ${index}` })),
    );
    expect(chosen.filter((index) => index === 0).length).toBeLessThan(5);
    expect(router.choose(choice('learned', { seed: 'call 1' }))).toBe(chosen[1]);
  });
});

describe('expectedCostOf', () => {
  test('is what input and the longest answer cost, no longer than the model can give', () => {
    expect(expectedCostOf(endpoint('east'), { inputTokens: 1_000_000, maxOutputTokens: 1_000 })).toBeCloseTo(1.01);
    expect(expectedCostOf(endpoint('east'), { inputTokens: 0, maxOutputTokens: 100_000 })).toBeCloseTo(0.04);
  });
});
