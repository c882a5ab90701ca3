import { parseOptions } from '../../../../bench/each/options';
import { growthOf, reportOf } from '../../../../bench/each/report';
import type { Ran } from '../../../../bench/each/run-bench';
import type { LedgerEntry } from '../../../../src/simulator/ledger';

describe('parseOptions', () => {
  test('takes 5,000 items and two kills unless told otherwise', () => {
    expect(parseOptions([], () => 0)).toEqual({ isJson: false, items: 5_000, kills: 2, seed: 0 });
  });

  test.each([['--items', '0'], ['--items', 'all'], ['--kills', '-1'], ['--quick']])('refuses %s %s', (...args) => {
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ type: 'Config.Invalid' }));
  });
});

describe('growthOf', () => {
  test('is the last fifth less the first', () => {
    expect(growthOf([10, 20, 30, 40, 50, 60, 70, 80, 90, 100])).toBe(80);
    expect(growthOf([10, 20])).toBe(0);
  });
});

describe('reportOf', () => {
  test('compares with what the quota admits of calls as large as these', () => {
    const call = { outcome: 'answered', billed: true, chargedTokens: 100 } as LedgerEntry;
    const lost = { outcome: 'aborted', billed: true, chargedTokens: 80 } as LedgerEntry;
    const ran = { seconds: 10, kills: 1, rssBytes: [] } as unknown as Ran;
    const report = reportOf({
      options: { isJson: true, items: 3, kills: 1, seed: 7 },
      ran,
      verified: { lost: 0, doubled: 0, chunks: 2, continueAsNew: 0, longestHistory: { events: 9, bytes: 2_048 } },
      ledger: [call, call, lost, call],
      tokensPerMinute: 3_000,
    });
    expect(report).toMatchObject({
      itemsPerSecond: 0.3,
      optimumPerSecond: 0.5,
      optimumRatio: 0.6,
      paidExtra: 1,
      rejected: 0,
      longestHistoryKb: 2,
    });
  });
});
