import { HoldfastError } from '../../../src/errors';
import type { Plan } from '../../../src/planning';
import { call, endpoint, pipeline, planOf } from './load';

const bindingOf = ({ binding }: Plan): string[] =>
  (binding?.quotas ?? []).map(({ dimension, quotaGroup }) => `${dimension} of ${quotaGroup}`);
const firstOf = <T>(list: readonly T[]): T => list[0] as T;

describe('planCapacity', () => {
  test('names the quota that is fuller than the others, and what it allows', () => {
    // 2,000 tokens of 60,000 x 0.99: 29.7 calls a minute; 45 requests of 50.
    const plan = planOf({
      endpoints: [endpoint('east', { rpm: 50, tpm: 60_000 })],
      pipelines: [pipeline({ perHour: 3_000 })],
    });
    expect(plan.binding).toEqual({ quotas: [{ quotaGroup: 'east', dimension: 'tpm' }], pools: ['pool'] });
    expect(plan.isSustainable).toBe(false);
    const { maxPerHour, hoursToFinish, count } = firstOf(plan.pipelines);
    expect(maxPerHour).toBeCloseTo(29.7 * 60);
    expect([count, hoursToFinish]).toEqual([3_000, expect.closeTo(3_000 / (29.7 * 60))]);
    expect(firstOf(plan.endpoints).dimensions).toEqual([
      { dimension: 'rpm', limit: 50, usable: 45, demand: expect.closeTo(50), use: expect.closeTo(1) },
      {
        dimension: 'tpm',
        limit: 60_000,
        usable: 59_400,
        demand: expect.closeTo(100_000),
        use: expect.closeTo(100 / 60),
      },
    ]);
  });

  test('a load that fits is done as it comes in', () => {
    const plan = planOf({
      endpoints: [endpoint('east', { rpm: 100 })],
      pipelines: [pipeline({ perHour: 540, count: 1_080 })],
    });
    expect(plan.isSustainable).toBe(true);
    expect(firstOf(plan.pipelines)).toMatchObject({ maxPerHour: expect.closeTo(5_400), hoursToFinish: 2 });
  });

  test('runs that are all there at once go as fast as the quotas allow', () => {
    const plan = planOf({
      endpoints: [endpoint('east', { rpm: 100 })],
      pipelines: [pipeline({ count: 2_700 }), pipeline({ name: 'other', count: 8_100 })],
    });
    expect(plan.isBacklog).toBe(true);
    // 10,800 calls at 90 a minute; both pipelines end together.
    expect(plan.pipelines.map(({ hoursToFinish }) => hoursToFinish)).toEqual([expect.closeTo(2), expect.closeTo(2)]);
    expect(plan.pipelines.map(({ perHour }) => perHour)).toEqual([expect.closeTo(1_350), expect.closeTo(4_050)]);
  });

  test('calls in flight are calls per second times seconds per call', () => {
    const plan = planOf({
      endpoints: [endpoint('own', { concurrency: 8 })],
      pipelines: [pipeline({ perHour: 3_600, calls: [call({ seconds: 6 })] })],
    });
    expect(bindingOf(plan)).toEqual(['concurrency of own']);
    expect(firstOf(firstOf(plan.endpoints).dimensions)).toMatchObject({ demand: expect.closeTo(6), limit: 8 });
    // Of 8 slots, 7.53 are busy on average while others wait for one.
    expect(firstOf(plan.pipelines).maxPerHour).toBeCloseTo((8 / (1 + 1 / 16)) * 600);
  });

  test('says so where calls in flight are limited and nobody knows how long a call takes', () => {
    const plan = planOf({ endpoints: [endpoint('own', { concurrency: 8 })], pipelines: [pipeline({ perHour: 60 })] });
    expect(plan).toMatchObject({ binding: null, oneMoreRegion: null, pipelines: [{ maxPerHour: null }] });
    expect(plan.notes.join('\n')).toMatch(/Concurrency is not judged for write/);
  });

  test('two regions carry the sum of both, each by its size', () => {
    const plan = planOf({
      endpoints: [endpoint('east', { rpm: 100 }), endpoint('west', { rpm: 50 })],
      pipelines: [pipeline({ perHour: 900 })],
    });
    expect(bindingOf(plan)).toEqual(['rpm of east', 'rpm of west']);
    expect(plan.endpoints.map(({ callsPerHour }) => callsPerHour)).toEqual([expect.closeTo(600), expect.closeTo(300)]);
    expect(firstOf(plan.pipelines).maxPerHour).toBeCloseTo(135 * 60);
  });

  test('endpoints that share a quota do not count twice, within a pool or across pools', () => {
    const shared = { quotaGroup: 'account' };
    const plan = planOf({
      endpoints: [
        endpoint('a', { rpm: 100 }, shared),
        endpoint('b', { rpm: 100 }, shared),
        endpoint('c', { rpm: 100 }, shared),
      ],
      pools: { pool: ['a', 'b'], other: ['c'] },
      pipelines: [pipeline({ perHour: 60, calls: [call({ calls: 2 }), call({ pool: 'other' })] })],
    });
    expect(firstOf(plan.pipelines).maxPerHour).toBeCloseTo(30 * 60);
    expect(plan.binding).toEqual({
      quotas: [{ quotaGroup: 'account', dimension: 'rpm' }],
      pools: ['pool', 'other'],
    });
    expect(plan.endpoints.map(({ endpoint: name, callsPerHour }) => [name, Math.round(callsPerHour)])).toEqual([
      ['a', 60],
      ['b', 60],
      ['c', 60],
    ]);
  });

  test('one more region doubles the largest endpoint of the pool that is held up, and tells what binds then', () => {
    const plan = planOf({
      endpoints: [endpoint('east', { rpm: 100 }), endpoint('west', { rpm: 50 }), endpoint('mini', { rpm: 150 })],
      pools: { pool: ['west', 'east'], mini: ['mini'] },
      pipelines: [pipeline({ perHour: 6_000, count: 13_500, calls: [call(), call({ pool: 'mini', name: 'check' })] })],
    });
    expect(plan.binding?.pools).toEqual(['pool', 'mini']);
    const gain = planOf({
      endpoints: [endpoint('east', { rpm: 100 }), endpoint('west', { rpm: 50 }), endpoint('mini', { rpm: 200 })],
      pools: { pool: ['west', 'east'], mini: ['mini'] },
      pipelines: [pipeline({ perHour: 16_000, count: 10_800, calls: [call(), call({ pool: 'mini', name: 'check' })] })],
    }).oneMoreRegion;
    expect(gain).toMatchObject({
      pool: 'pool',
      copyOf: 'east',
      binding: { quotas: [{ dimension: 'rpm', quotaGroup: 'mini' }] },
    });
    expect(gain?.pipelines).toEqual([
      { name: 'report', maxPerHour: expect.closeTo(180 * 60), hoursToFinish: expect.closeTo(1) },
    ]);
  });

  test('one more region shortens a backlog', () => {
    const { pipelines, oneMoreRegion } = planOf({
      endpoints: [endpoint('east', { rpm: 100 })],
      pipelines: [pipeline({ count: 5_400 })],
    });
    expect(firstOf(pipelines).hoursToFinish).toBeCloseTo(1);
    expect(firstOf(oneMoreRegion?.pipelines ?? []).hoursToFinish).toBeCloseTo(0.5);
  });

  test('costs are those of the endpoints that the calls go to, at the rate that fits', () => {
    const dear = { price: { input: 2, output: 20 } };
    const plan = planOf({
      endpoints: [endpoint('east', { rpm: 100 }), endpoint('west', { rpm: 100 }, dear)],
      pipelines: [pipeline({ perHour: 21_600, calls: [call({ calls: 2 })] })],
    });
    // Half of the calls for $0.006, half for $0.012.
    expect(firstOf(plan.pipelines).costUsdPerRun).toBeCloseTo(0.018);
    expect(firstOf(plan.pipelines).maxPerHour).toBeCloseTo(5_400);
    expect(plan.costUsdPerHour).toBeCloseTo(5_400 * 0.018);
  });

  test('a quota per day binds what goes on for ever, and a job only when it takes more than a day of it', () => {
    const endpoints = [endpoint('east', { rpm: 100, rpd: 14_400 })];
    const steady = planOf({ endpoints, pipelines: [pipeline({ perHour: 1_200, count: 6_000 })] });
    expect(bindingOf(steady)).toEqual(['rpd of east']);
    expect(firstOf(steady.pipelines)).toMatchObject({
      maxPerHour: expect.closeTo(600),
      hoursToFinish: expect.closeTo(5),
    });
    const short = planOf({ endpoints, pipelines: [pipeline({ count: 10_800 })] });
    expect(bindingOf(short)).toEqual(['rpm of east']);
    expect(firstOf(short.pipelines).hoursToFinish).toBeCloseTo(2);
    const long = planOf({ endpoints, pipelines: [pipeline({ count: 28_800 })] });
    expect(bindingOf(long)).toEqual(['rpd of east']);
    expect(firstOf(long.pipelines).hoursToFinish).toBeCloseTo(48);
  });

  test('an endpoint that could never take a call is left out for that call only', () => {
    const plan = planOf({
      endpoints: [
        endpoint('small', { tpm: 10_000 }),
        endpoint('large', { tpm: 100_000 }),
        endpoint('short', { tpm: 1e6 }, { contextWindow: 4_000 }),
      ],
      pipelines: [pipeline({ perHour: 60, calls: [call({ name: 'long', inputTokens: 19_000 })] })],
    });
    expect(bindingOf(plan)).toEqual(['tpm of large']);
  });

  test.each([
    [
      'a call no endpoint can take',
      call({ inputTokens: 90_000 }),
      'Capacity.RequestTooLarge',
      /pool "pool" can ever take write: east \(91000 tokens, tpm 60000\)/,
    ],
    [
      'a call that fits no window',
      call({ inputTokens: 100_000 }),
      'Capacity.RequestTooLarge',
      /101000 tokens, context window 100000/,
    ],
    [
      'a pool that is not there',
      call({ pool: 'smrt' }),
      'Config.Invalid',
      /write: there is no pool "smrt" \(known: pool\)/,
    ],
  ])('refuses %s', (_, planned, type, says) => {
    const load = {
      endpoints: [endpoint('east', { tpm: 60_000 })],
      pipelines: [pipeline({ perHour: 1, calls: [planned] })],
    };
    let thrown: unknown;
    try {
      planOf(load);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(HoldfastError);
    expect(thrown).toMatchObject({ type, message: expect.stringMatching(says) });
  });
});
