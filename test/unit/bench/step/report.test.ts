import { medianOf } from '../../../../bench/step/failover';
import { parseOptions } from '../../../../bench/step/options';
import { reportOf } from '../../../../bench/step/report';
import type { Pair } from '../../../../bench/step/report';

const pair = (durableMs: number, bareMs: number, durablePerSecond = 1, barePerSecond = 1): Pair => ({
  durable: { stepMs: durableMs, stepsPerSecond: durablePerSecond },
  bare: { stepMs: bareMs, stepsPerSecond: barePerSecond },
});

describe('reportOf', () => {
  test('takes the median of the pairs’ own ratios: a busy moment of one pair does not decide', () => {
    const calm = [pair(12, 10), pair(15, 10), pair(900, 10)];
    const report = reportOf({
      serial: { at0: calm, at50: calm, at500: [pair(510, 500)] },
      concurrent: { at0: [pair(1, 1, 80, 100), pair(1, 1, 90, 100)], at50: calm, at500: [pair(520, 500)] },
      history: { durable: { bytesPerStep: 2_000.4, eventsPerStep: 7 }, bare: { bytesPerStep: 900, eventsPerStep: 6 } },
      failover: { addedMs: 7.26, samples: 3 },
      childTier: { addedMs: 40, samples: 3 },
    });
    expect(report).toMatchObject({
      latencyRatio: { serial: 1.02, concurrent: 1.04, at: 500 },
      latencyRatioAtZero: 1.5,
      throughputRatio: 0.85,
      historyBytesPerStep: 2_000,
      eventsPerStep: 7,
      failoverAddedMs: 7.3,
      childTierAddedMs: 40,
    });
  });
});

describe('medianOf', () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
  ])('of %j is %d', (values, expected) => {
    expect(medianOf(values)).toBe(expected);
  });
});

describe('parseOptions', () => {
  test('has defaults for everything', () => {
    expect(parseOptions([])).toEqual({ isJson: false, rounds: 4, isQuick: false });
  });

  test.each([[['--rounds', '0']], [['--rounds', 'x']], [['--loud']]])('%j is refused with the usage', (args) => {
    expect(() => parseOptions(args)).toThrow(/Usage: npm run bench:step/);
  });
});
