import type { EvalVerdict, PastEval, ScoredArm } from '../../../src/contracts/pipelines/scheduled-eval';
import {
  findingsIn,
  foundInARow,
  historyIn,
  unansweredIn,
  withVerdict,
} from '../../../src/workflows/policy/eval-history';

const arm = (more: Partial<ScoredArm> = {}): ScoredArm => ({
  name: 'a',
  score: 0.5,
  answered: 10,
  unanswered: 0,
  ...more,
});
const drift = (hasFallen: boolean) => ({
  rows: 10,
  baseline: 0.8,
  now: 0.5,
  low: -0.4,
  high: hasFallen ? -0.1 : 0.1,
  hasFallen,
});
const verdict = (...arms: ScoredArm[]): EvalVerdict => ({ id: 'e', at: '2026-11-22T03:17:00.000Z', arms, costUsd: 0 });
const past = (found: readonly string[], isIncomplete?: true): PastEval => ({
  id: 'e',
  at: '2026-11-21T03:17:00.000Z',
  scores: {},
  found,
  ...(isIncomplete && { isIncomplete }),
});

describe('findingsIn', () => {
  test.each([
    ['an arm without a baseline', arm(), []],
    ['an arm within its interval', arm({ drift: drift(false) }), []],
    ['an arm that fell', arm({ drift: drift(true) }), ['a']],
    ['an arm below its threshold', arm({ isBelow: true }), ['a']],
  ])('%s', (_, one, found) => {
    expect(findingsIn(verdict(one))).toEqual(found);
  });

  test('rows without an answer are counted over all arms', () => {
    expect(unansweredIn(verdict(arm({ unanswered: 2 }), arm({ unanswered: 3 })))).toBe(5);
  });
});

describe('foundInARow', () => {
  test.each([
    ['nothing yet', [], 0],
    ['the first one', [past(['a'])], 1],
    ['since the last good one', [past(['a']), past([]), past(['a']), past(['b'])], 2],
    ['a good one ends the row', [past(['a']), past([])], 0],
    ['one with holes neither counts nor breaks it', [past(['a']), past([], true), past(['a'])], 2],
  ])('%s', (_, history, count) => {
    expect(foundInARow(history)).toBe(count);
  });
});

describe('withVerdict', () => {
  test('keeps the latest sixty, this one last', () => {
    const history = withVerdict(
      Array.from({ length: 60 }, () => past([])),
      verdict(arm({ unanswered: 1 })),
    );
    expect(history).toHaveLength(60);
    expect(history.at(-1)).toEqual({
      id: 'e',
      at: '2026-11-22T03:17:00.000Z',
      scores: { a: 0.5 },
      found: [],
      isIncomplete: true,
    });
  });

  test.each([[undefined], [null], ['done'], [{ status: 'published' }]])('%j is no history', (last) => {
    expect(historyIn(last)).toEqual([]);
  });
});
