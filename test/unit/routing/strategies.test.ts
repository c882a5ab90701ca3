import { endpointStrategies, poolStrategies } from '../../../src/routing/strategies';
import { ranksOf } from '../../../src/routing/strategy';
import type { RouteReading } from '../../../src/routing/route-reading';
import { seededRandom } from '../../../src/routing/seeded-random';
import { context, option } from './options';

const seen = (reading: Partial<RouteReading>): { reading: RouteReading } => ({
  reading: { calls: 50, faults: 0, ...reading },
});

describe('ranksOf', () => {
  test.each([
    [[], []],
    [[5], [0]],
    [
      [3, 1, 2],
      [2, 0, 1],
    ],
    [
      [2, 1, 2, 1],
      [1, 0, 1, 0],
    ],
    [
      [-1, Number.MAX_SAFE_INTEGER, 0.5],
      [0, 2, 1],
    ],
  ])('%j → %j', (scores, ranks) => {
    expect(ranksOf(scores)).toEqual(ranks);
  });
});

describe('endpointStrategies', () => {
  const three = [option('a'), option('b'), option('c')];

  test.each(Object.entries(endpointStrategies))('%s ranks every option once, also a single one', (_, strategy) => {
    for (const options of [three, three.slice(0, 1)]) {
      const ranks = strategy(context(options));
      expect(ranks).toHaveLength(options.length);
      expect(Math.min(...ranks)).toBe(0);
      expect(ranks.every((rank) => Number.isInteger(rank) && rank >= 0 && rank < options.length)).toBe(true);
    }
  });

  test('headroom prefers none', () => {
    expect(endpointStrategies.headroom(context(three))).toEqual([0, 0, 0]);
  });

  test('priority follows the order of the pool', () => {
    expect(endpointStrategies.priority(context(three))).toEqual([0, 1, 2]);
  });

  test.each([
    [0, [0, 1, 2]],
    [1, [2, 0, 1]],
    [2, [1, 2, 0]],
    [3, [0, 1, 2]],
    [7, [2, 0, 1]],
  ])('roundRobin begins one further with every turn: %d', (turn, ranks) => {
    expect(endpointStrategies.roundRobin(context(three, { turn }))).toEqual(ranks);
  });

  test.each([
    ['fastest first', [seen({ latencyMs: 900 }), seen({ latencyMs: 300 }), seen({ latencyMs: 600 })], [2, 0, 1]],
    [
      'within a tenth they are equal',
      [seen({ latencyMs: 300 }), seen({ latencyMs: 325 }), seen({ latencyMs: 600 })],
      [0, 0, 1],
    ],
    ['who was never called goes first', [seen({ latencyMs: 300 }), {}, seen({ latencyMs: 600 })], [1, 0, 2]],
    [
      'who was not called for long goes first',
      [seen({ latencyMs: 300 }), seen({ calls: 0.4, latencyMs: 9_000 }), {}],
      [1, 0, 0],
    ],
    [
      'who only fails goes last',
      [seen({ latencyMs: 300 }), seen({ calls: 3, faults: 3 }), seen({ latencyMs: 600 })],
      [0, 2, 1],
    ],
    [
      'a latency of nothing is no trap',
      [seen({ latencyMs: 0 }), seen({ latencyMs: 0.5 }), seen({ latencyMs: 5 })],
      [0, 0, 1],
    ],
    ['nothing known, no preference', [{}, {}, {}], [0, 0, 0]],
  ])('latency: %s', (_, readings, ranks) => {
    const options = readings.map((reading, index) => option(`e${index}`, reading));
    expect(endpointStrategies.latency(context(options))).toEqual(ranks);
  });

  test('cost takes the cheapest for this request, equal prices without preference', () => {
    const options = [0.03, 0.01, 0.02, 0.01].map((expectedCostUsd, index) => option(`e${index}`, { expectedCostUsd }));
    expect(endpointStrategies.cost(context(options))).toEqual([2, 0, 1, 0]);
  });

  test.each([
    ['the smallest that suffices', 0.5, [2, 0, 1]],
    ['the smallest for an easy request', 0, [0, 1, 2]],
    ['the largest for a hard one, the next smaller after it', 1, [2, 1, 0]],
  ])('capability: %s', (_, wantedSize, ranks) => {
    const options = [0, 0.5, 1].map((size, index) => option(`e${index}`, { size }));
    expect(endpointStrategies.capability(context(options, { wantedSize }))).toEqual(ranks);
  });

  test('capability: the largest there is when none suffices', () => {
    const options = [option('a', { size: 0 }), option('b', { size: 0.5 })];
    expect(endpointStrategies.capability(context(options, { wantedSize: 1 }))).toEqual([1, 0]);
  });
});

describe('weighted', () => {
  const shares = (weights: readonly number[], draws = 4_000): number[] => {
    const options = weights.map((weight, index) => option(`e${index}`, { weight }));
    const firsts = weights.map(() => 0);
    for (let call = 0; call < draws; call++) {
      const ranks = endpointStrategies.weighted(
        context(options, { random: seededRandom(`run/step#${call}/t0/c0/a1/h0`) }),
      );
      const first = ranks.indexOf(0);
      firsts[first] = (firsts[first] ?? 0) + 1;
    }
    return firsts.map((count) => count / draws);
  };

  test.each([[[95, 5]], [[1, 1, 2]], [[0.5, 0.5]]])('%j get their shares of the calls', (weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [index, share] of shares(weights).entries()) {
      // Four standard deviations of 4,000 draws at most.
      expect(Math.abs(share - (weights[index] ?? 0) / total)).toBeLessThan(0.032);
    }
  });

  test('the same claim gets the same order', () => {
    const options = [option('a', { weight: 1 }), option('b', { weight: 2 }), option('c', { weight: 3 })];
    const ranks = () => endpointStrategies.weighted(context(options, { random: seededRandom('rid') }));
    expect(ranks()).toEqual(ranks());
    expect([...ranks()].sort()).toEqual([0, 1, 2]);
  });
});

describe('cost between pools', () => {
  const options = [
    option('mini', { size: 0, expectedCostUsd: 0.001 }),
    option('smart', { size: 0.5, expectedCostUsd: 0.01 }),
    option('large', { size: 1, expectedCostUsd: 0.1 }),
  ];

  test.each([
    ['the most capable without a budget', undefined, [2, 1, 0]],
    ['the most capable that can be paid for', 0.05, [1, 0, 2]],
    ['to the last cent', 0.01, [1, 0, 2]],
    ['the smallest when no other can be paid for', 0.005, [0, 1, 2]],
    ['the cheapest when none can', 0, [0, 1, 2]],
  ])('%s', (_, remainingUsd, ranks) => {
    const different = remainingUsd === undefined ? {} : { remainingUsd };
    expect(poolStrategies.cost(context(options, different))).toEqual(ranks);
  });

  test('a free model can always be paid for', () => {
    const free = [option('own', { size: 0.5, expectedCostUsd: 0 }), option('large', { size: 1, expectedCostUsd: 0.1 })];
    expect(poolStrategies.cost(context(free, { remainingUsd: 0 }))).toEqual([0, 1]);
  });
});
