import { thresholdOf, variantRow, violationsOf } from '../../../../bench/capacity/judge';
import type { MeasuredCell } from '../../../../bench/capacity/judge';
import type { Cell } from '../../../../bench/capacity/matrix';
import { measureRun, percentile } from '../../../../bench/capacity/measure';
import type { RunResult, SeenRequest } from '../../../../bench/capacity/measure';
import { oracleViolations, peerRows } from '../../../../bench/capacity/peer-rows';
import { planOf } from '../../../../bench/capacity/plan';
import { createPopulation, virtualSizes } from '../../../../bench/capacity/population';
import { realTimeRow, realTimeViolations } from '../../../../bench/capacity/real-time/rows';
import { newTally } from '../../../../bench/capacity/tally';

const tokens: Cell = { provider: 'openai', binding: 'tokens', window: 'slidingMinute', regions: 1, overload: 1.2 };
const good: RunResult = {
  sent: 900,
  rateLimited: 0,
  warmUpRateLimited: 2,
  utilisation: 0.995,
  calls: 1_000,
  answered: 890,
  left: 100,
  failed: 0,
  startsLate: 1,
  p99WaitErrorMs: 4,
  p99ReturnErrorMs: 20,
  asksPerGrant: 1.5,
  storeRetries: 0,
  overloaded: 0,
};
const measured = (cell: Cell, runs: readonly RunResult[]): MeasuredCell => ({ cell, perSecond: 3, runs });

describe('measureRun', () => {
  const period = { startMs: 0, warmUpMs: 60_000, measuredMs: 60_000 };
  const population = createPopulation(1, virtualSizes);
  const planFor = (cell: Cell) => planOf(cell, { seed: 1, population, perSecond: 3 });
  const run = (cell: Cell, seen: readonly SeenRequest[]): RunResult =>
    measureRun(planFor(cell), { ...period, seen, tally: newTally() });

  test('counts the measured time, and 429s before it apart', () => {
    const { bindingLimit } = planFor(tokens);
    const half = bindingLimit / 2;
    const result = run(tokens, [
      { atMs: 59_999, isAdmitted: true, units: half },
      { atMs: 59_999, isAdmitted: false, units: 0 },
      { atMs: 60_000, isAdmitted: true, units: half },
      { atMs: 119_999, isAdmitted: false, units: 0 },
      { atMs: 120_000, isAdmitted: true, units: half },
    ]);
    expect(result).toMatchObject({ sent: 2, rateLimited: 1, warmUpRateLimited: 1, utilisation: 0.5 });
  });

  test('takes the mean of calls in flight for slots', () => {
    const slots: Cell = { provider: 'selfHosted', binding: 'concurrency', regions: 1, overload: 3 };
    const result = run(slots, [
      { atMs: 30_000, isAdmitted: true, units: 1, endedAtMs: 90_000 },
      { atMs: 90_000, isAdmitted: true, units: 1 },
    ]);
    expect(result.utilisation).toBeCloseTo(1 / 8);
  });

  test('takes two days of a quota per day from the start', () => {
    const daily: Cell = { provider: 'gemini', binding: 'daily', regions: 1, overload: 3 };
    const { bindingLimit } = planFor(daily);
    expect(run(daily, [{ atMs: 10, isAdmitted: true, units: bindingLimit }]).utilisation).toBe(0.5);
  });
});

describe('percentile', () => {
  test.each([
    [[], 0.99, 0],
    [[5], 0.99, 5],
    [[3, 1, 2], 0.5, 2],
    [[3, 1, 2], 1, 3],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});

describe('thresholdOf', () => {
  test.each([
    ['tokens', 'bucket1s', 3, 0.99],
    ['requests', 'judged10s', 3, 0.96],
    ['requests', 'slidingMinute', 3, 0.96],
    ['output', 'slidingMinute', 3, undefined],
    ['daily', undefined, 3, undefined],
    ['concurrency', undefined, 3, undefined],
  ] as const)('of %s %s at %d per second is %p', (binding, window, perSecond, expected) => {
    const cell: Cell = { provider: 'azure', binding, regions: 1, overload: 3, ...(window && { window }) };
    expect(thresholdOf(cell, perSecond)).toBe(expected);
  });

  test('of windows of one second is 0.95 of what they admit at best', () => {
    const cell: Cell = { provider: 'azure', binding: 'requests', window: 'judged1s', regions: 1, overload: 3 };
    expect(thresholdOf(cell, 5)).toBeCloseTo((0.95 * 0.8) / 1.05);
  });
});

describe('variantRow', () => {
  test('shows the worst seed, and the 429s of all', () => {
    const runs = [good, { ...good, rateLimited: 2, utilisation: 0.98, p99WaitErrorMs: 60, startsLate: 0 }];
    expect(variantRow(measured(tokens, runs))).toMatchObject({
      variant: 'tokens slidingMinute',
      sent: 1_800,
      rateLimited: 2,
      warmUpRateLimited: 4,
      utilisation: 0.98,
      meanUtilisation: 0.9875,
      startsLate: 1,
      p99WaitErrorMs: 60,
    });
  });
});

describe('violationsOf', () => {
  const violations = (cell: Cell, run: Partial<RunResult>): string[] => {
    const own = measured(cell, [{ ...good, ...run }]);
    return violationsOf(own, variantRow(own));
  };

  test('is empty when there was no 429 and enough use', () => {
    expect(violations(tokens, {})).toEqual([]);
  });

  test('names the cell and what it missed', () => {
    expect(violations(tokens, { rateLimited: 1, utilisation: 0.9899 })).toEqual([
      'openai tokens slidingMinute 1x1.2: 1 of 900 requests were answered 429',
      'openai tokens slidingMinute 1x1.2: utilisation 0.9899 is below 0.99',
    ]);
  });

  test('asks no use of what has no threshold, but no 429 either', () => {
    const daily: Cell = { provider: 'gemini', binding: 'daily', regions: 1, overload: 3 };
    expect(violations(daily, { utilisation: 0.1 })).toEqual([]);
    expect(violations(daily, { rateLimited: 1 })).toHaveLength(1);
  });

  test('takes a use that is no number for too little', () => {
    expect(violations(tokens, { utilisation: NaN })).toHaveLength(1);
  });
});

describe('realTimeViolations', () => {
  const violations = (run: Partial<RunResult>, late: number, contender: 'holdfast' | 'bottleneck' = 'holdfast') => {
    const cell = { id: 'cell-1', cell: tokens, contender, seed: 1, perSecond: 5 };
    const own = { cell, result: { ...good, startsLate: 0, ...run }, dispatch: { p99Ms: 20, maxMs: 40, late } };
    return realTimeViolations(own, realTimeRow(own));
  };

  test('holds the engine to the same', () => {
    expect(violations({ rateLimited: 1, utilisation: 0.5 }, 0)).toHaveLength(2);
  });

  test('does not hold it to what came of late requests', () => {
    expect(violations({ rateLimited: 1 }, 1)).toEqual([]);
    expect(violations({ utilisation: 0.5 }, 1)).toHaveLength(1);
    expect(violations({ utilisation: 0.5 }, 10)).toEqual([]);
  });

  test('holds no peer to anything', () => {
    expect(violations({ rateLimited: 1 }, 0, 'bottleneck')).toEqual([]);
  });
});

describe('peerRows', () => {
  const rows = peerRows([
    { peer: 'bottleneck', cell: tokens, run: { ...good, sent: 100, rateLimited: 0, utilisation: 0.9 } },
    {
      peer: 'bottleneck',
      cell: { ...tokens, overload: 3 },
      run: { ...good, sent: 300, rateLimited: 40, utilisation: 0.7 },
    },
    { peer: 'temporalQueue', cell: tokens, run: { ...good, sent: 100 } },
  ]);

  test('have the share of all that was sent and the mean use', () => {
    expect(rows[0]).toMatchObject({
      peer: 'bottleneck',
      sent: 400,
      rateLimited: 40,
      rateLimitedShare: 0.1,
      utilisation: 0.8,
      leastUtilisation: 0.7,
      refusedCells: 1,
      cells: 2,
    });
    expect(rows[0]?.byVariant).toHaveLength(1);
  });

  test('an oracle that refuses a careless client nothing is not worth asking', () => {
    expect(oracleViolations(rows)).toEqual([]);
    const passed = peerRows([{ peer: 'minuteCounter', cell: tokens, run: good }]);
    expect(oracleViolations(passed)).toEqual(['oracle: it refused only 0 of what minuteCounter sent']);
  });
});
