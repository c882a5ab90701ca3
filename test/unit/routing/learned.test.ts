import { randomBeta } from '../../../src/routing/random-beta';
import type { RouteReading } from '../../../src/routing/route-reading';
import { seededRandom } from '../../../src/routing/seeded-random';
import { learned } from '../../../src/routing/strategies/learned';
import { context, option, orderOf } from './options';

/** What an endpoint is really like; the strategy only sees how its calls went. */
interface Arm {
  readonly name: string;
  succeeds: number;
  latencyMs: number;
  costUsd: number;
}

interface Seen {
  calls: number;
  faults: number;
  latencies: number[];
}

const callsPerSecond = 5;
const halfLifeSeconds = 600;

/** A pool that lives second by second: readings are a second old, fade with their half-life, and hold 100 latencies. */
class World {
  private readonly seen = new Map<string, Seen>();
  private readonly random = seededRandom('world');
  private call = 0;

  constructor(readonly arms: readonly Arm[]) {
    for (const { name } of arms) this.seen.set(name, { calls: 0, faults: 0, latencies: [] });
  }

  /** Share of the calls that each arm got. */
  run(seconds: number): Record<string, number> {
    const taken: Record<string, number> = Object.fromEntries(this.arms.map(({ name }) => [name, 0]));
    for (let second = 0; second < seconds; second++) {
      const options = this.arms.map(({ name, costUsd }) =>
        option(name, { expectedCostUsd: costUsd, ...this.readingOf(name) }),
      );
      for (let index = 0; index < callsPerSecond; index++) {
        const random = seededRandom(`run/${this.call++}`);
        const [first = ''] = orderOf(options, learned(context(options, { random })));
        taken[first] = (taken[first] ?? 0) + 1;
        this.settle(first);
      }
      for (const seen of this.seen.values()) {
        seen.calls *= 0.5 ** (1 / halfLifeSeconds);
        seen.faults *= 0.5 ** (1 / halfLifeSeconds);
      }
    }
    return Object.fromEntries(Object.entries(taken).map(([name, count]) => [name, count / (seconds * callsPerSecond)]));
  }

  private readingOf(name: string): { reading?: RouteReading } {
    const seen = this.seen.get(name);
    if (seen === undefined || seen.latencies.length === 0) return {};
    const { calls, faults, latencies } = seen;
    return { reading: { calls, faults, latencyMs: latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length } };
  }

  private settle(name: string): void {
    const arm = this.arms.find((candidate) => candidate.name === name);
    const seen = this.seen.get(name);
    if (arm === undefined || seen === undefined) throw new Error(name);
    seen.calls += 1;
    if (this.random() > arm.succeeds) seen.faults += 1;
    seen.latencies = [...seen.latencies.slice(-99), arm.latencyMs * (0.5 + this.random())];
  }
}

const alike = { succeeds: 0.99, latencyMs: 1_000, costUsd: 0.01 };
const armsWith = (best: Partial<Arm>): Arm[] =>
  ['a', 'b', 'c', 'd'].map((name) => ({ name, ...alike, ...(name === 'c' ? best : {}) }));

describe('learned', () => {
  test.each([
    ['that fails least', [0.8, 0.7, 0.99, 0.6].map((succeeds) => ({ succeeds }))],
    ['that is fastest', [2_000, 3_000, 700, 4_000].map((latencyMs) => ({ latencyMs }))],
    ['that is cheapest', [0.02, 0.03, 0.005, 0.04].map((costUsd) => ({ costUsd }))],
    [
      'that is best over all: neither the cheapest nor the fastest',
      [
        { latencyMs: 900, costUsd: 0.04 },
        { latencyMs: 4_000, costUsd: 0.009 },
        { latencyMs: 1_000, costUsd: 0.01 },
        { succeeds: 0.5, latencyMs: 900, costUsd: 0.009 },
      ],
    ],
  ])('finds the one of four %s', (_, different) => {
    const world = new World(armsWith({}).map((arm, index) => ({ ...arm, ...different[index] })));
    world.run(300);
    expect(world.run(300)['c']).toBeGreaterThan(0.8);
  });

  test('gives every one a chance at first', () => {
    const shares = new World(armsWith({ succeeds: 1 })).run(60);
    expect(Math.min(...Object.values(shares))).toBeGreaterThan(0);
  });

  test('shares the calls among equals', () => {
    const shares = new World(armsWith({})).run(900);
    expect(Math.max(...Object.values(shares))).toBeLessThan(0.6);
  });

  test.each([
    ['fails', { succeeds: 0.2 }, 300],
    ['gets slow', { latencyMs: 20_000 }, 300],
  ])('leaves the best one when it %s, for the second best', (_, worse, withinSeconds) => {
    const world = new World([
      { name: 'a', ...alike, succeeds: 0.6 },
      { name: 'b', ...alike, succeeds: 0.9 },
      { name: 'c', ...alike, latencyMs: 600 },
      { name: 'd', ...alike, succeeds: 0.7 },
    ]);
    world.run(900);
    expect(world.run(60)['c']).toBeGreaterThan(0.7);
    Object.assign(world.arms.find(({ name }) => name === 'c') ?? {}, worse);
    world.run(withinSeconds);
    const shares = world.run(300);
    expect(shares['c']).toBeLessThan(0.2);
    expect(shares['b']).toBeGreaterThan(0.6);
  });

  test('comes back when the one it left has recovered', () => {
    const world = new World([
      { name: 'a', ...alike, succeeds: 0.8 },
      { name: 'c', ...alike, succeeds: 0.1 },
    ]);
    world.run(600);
    expect(world.run(60)['c']).toBeLessThan(0.1);
    Object.assign(world.arms[1] ?? {}, { succeeds: 1 });
    world.run(3_600);
    expect(world.run(300)['c']).toBeGreaterThan(0.7);
  });

  test('compares measured costs only where all are measured', () => {
    const reading = { calls: 200, faults: 0, latencyMs: 1_000 };
    const options = [
      option('a', { expectedCostUsd: 0.01, reading: { ...reading, costUsd: 0.02 } }),
      option('b', { expectedCostUsd: 0.05, reading }),
    ];
    const firsts = Array.from({ length: 100 }, (_, index) =>
      orderOf(options, learned(context(options, { random: seededRandom(String(index)) }))).at(0),
    );
    expect(firsts.filter((name) => name === 'a').length).toBeGreaterThan(95);
  });
});

describe('randomBeta', () => {
  test.each([
    [1, 1],
    [2, 8],
    [150, 50],
  ])('of %d and %d has their mean and spread', (a, b) => {
    const random = seededRandom('beta');
    const draws = Array.from({ length: 5_000 }, () => randomBeta(a, b, random));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    const expected = (a * b) / ((a + b) ** 2 * (a + b + 1));
    expect(mean).toBeCloseTo(a / (a + b), 1);
    expect(Math.abs(mean - a / (a + b))).toBeLessThan(4 * Math.sqrt(expected / draws.length));
    expect(variance / expected).toBeGreaterThan(0.9);
    expect(variance / expected).toBeLessThan(1.1);
    expect(draws.every((draw) => draw >= 0 && draw <= 1)).toBe(true);
  });
});
