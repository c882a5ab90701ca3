import type { BulkResult } from '../../../src/contracts/pipelines/bulk-classify';
import { BulkTally } from '../../../src/workflows/policy/bulk-tally';

const classified = (intent: string, more: object = {}): BulkResult => ({
  id: 'q',
  intent,
  confidence: 0.9,
  tier: 0,
  servedBy: 'mini',
  degraded: false,
  costUsd: 0.1,
  ...more,
});
const failed = (type: string): BulkResult => ({ id: 'q', failure: { type, message: 'no' }, costUsd: 0.2 });

function summaryOf(results: readonly BulkResult[]): ReturnType<BulkTally['summary']> {
  const tally = new BulkTally();
  results.forEach((result) => tally.add(result));
  return tally.summary();
}

describe('BulkTally', () => {
  test('of nothing is nothing', () => {
    expect(summaryOf([])).toEqual({
      total: 0,
      classified: 0,
      failed: 0,
      failures: {},
      servedByTier: {},
      degraded: 0,
      costUsd: 0,
    });
  });

  test('counts tiers, failures by type, and what both have cost', () => {
    const results = [
      classified('a'),
      classified('b', { tier: 2, degraded: true }),
      failed('X'),
      failed('X'),
      failed('Y'),
    ];
    expect(summaryOf(results)).toEqual({
      total: 5,
      classified: 2,
      failed: 3,
      failures: { X: 2, Y: 1 },
      servedByTier: { 0: 1, 2: 1 },
      degraded: 1,
      costUsd: 0.8,
    });
  });

  test('says what share was right, of those whose intent is known and that have an answer', () => {
    const results = [
      classified('a', { expected: 'a' }),
      classified('a', { expected: 'b' }),
      classified('a'),
      { ...failed('X'), expected: 'a' },
    ];
    const confusions = [{ expected: 'b', answered: 'a', items: 1 }];
    expect(summaryOf(results).accuracy).toEqual({ known: 2, right: 1, share: 0.5, confusions });
  });

  test('shows the ten most frequent mistakes, equals by name', () => {
    const results = Array.from({ length: 12 }, (_, index) => classified('z', { expected: `i${10 + index}` }));
    const confusions = summaryOf([...results, classified('z', { expected: 'i21' })]).accuracy?.confusions;
    expect(confusions?.map(({ expected, items }) => `${expected} ${items}`)).toEqual([
      'i21 2',
      ...Array.from({ length: 9 }, (_, index) => `i${10 + index} 1`),
    ]);
  });
});
