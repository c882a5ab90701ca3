import { allPoints, casesOf, extraCallsAllowed, stepKinds } from '../../../../bench/chaos-journal/cases';
import { parseOptions } from '../../../../bench/chaos-journal/options';
import { reportOf } from '../../../../bench/chaos-journal/report';
import type { CaseOutcome } from '../../../../bench/chaos-journal/run-case';

const good: CaseOutcome = {
  crash: { kind: 'plain', point: 'inFlight', nth: 1 },
  lost: undefined,
  doubled: undefined,
  paidExtra: 1,
  isVoid: false,
  tookMs: 1,
};
const calm = { kills: 0, runs: 0, outcomes: [] };

describe('casesOf', () => {
  const cases = casesOf(stepKinds, allPoints);

  test('kills every kind at every point it comes by, at each of its calls', () => {
    expect(new Set(cases.map(({ point }) => point))).toEqual(new Set(allPoints));
    expect(
      cases.filter(({ kind, point }) => kind === 'repaired' && point === 'beforeJournal').map(({ nth }) => nth),
    ).toEqual([1, 2]);
    expect(cases.filter(({ point }) => point === 'afterResumable').map(({ kind }) => kind)).toEqual(['background']);
  });

  test('allows an extra call only between the request and the journal, and never for one that is resumed', () => {
    const allowed = cases.filter((crash) => extraCallsAllowed(crash) > 0);
    expect(new Set(allowed.map(({ point }) => point))).toEqual(new Set(['inFlight', 'beforeJournal']));
    expect(allowed.some(({ kind }) => kind === 'background')).toBe(false);
  });
});

describe('reportOf', () => {
  test('adds up what was paid in vain, by point', () => {
    const report = reportOf([good, { ...good, crash: { ...good.crash, point: 'beforeJournal' } }], calm, 7);
    expect(report).toMatchObject({ points: 2, runs: 2, lost: 0, doubled: 0, paidExtra: 2, violations: [] });
    expect(report.paidExtraAt).toEqual({ inFlight: 1, beforeJournal: 1 });
  });

  test.each<[string, Partial<CaseOutcome>, RegExp]>([
    ['a lost run', { lost: 'it ended with nothing' }, /plain, inFlight: it ended with nothing/],
    ['a doubled result', { doubled: 'two results' }, /two results/],
    ['a call too many', { paidExtra: 2 }, /2 calls paid in vain, 1 allowed/],
    [
      'an extra call where none is allowed',
      { crash: { ...good.crash, point: 'beforeSettle' } },
      /1 calls paid in vain, 0 allowed/,
    ],
    ['a call that was never made', { paidExtra: -1 }, /1 calls of 1 were never made/],
    ['a worker that lived', { isVoid: true }, /was not killed/],
  ])('%s is a violation', (_, change, expected) => {
    expect(reportOf([{ ...good, ...change }], calm, 7).violations).toEqual([expect.stringMatching(expected)]);
  });

  test('counts the random kills apart', () => {
    const lost = { lost: 'no end', doubled: undefined, paidExtra: 0 };
    const report = reportOf(
      [good],
      { kills: 3, runs: 2, outcomes: [lost, { ...lost, lost: undefined, paidExtra: 2 }] },
      7,
    );
    expect(report.random).toEqual({ kills: 3, runs: 2, lost: 1, doubled: 0, paidExtra: 2 });
    expect(report.violations).toEqual(['random run 0: no end']);
  });
});

describe('parseOptions', () => {
  test('takes kinds and points by name', () => {
    const options = parseOptions(['--kinds', 'plain,tool', '--points', 'inFlight', '--kills', '0', '--seed', '5']);
    expect(options).toMatchObject({ kinds: ['plain', 'tool'], points: ['inFlight'], kills: 0, seed: 5, atOnce: 6 });
  });

  test.each([
    [['--kinds', 'plan'], /"plan" is none of plain, streaming/],
    [['--points', 'nowhere'], /"nowhere" is none of afterOpen/],
    [['--at-once', '0'], /at least 1/],
  ])('%j is refused', (args, expected) => {
    expect(() => parseOptions(args)).toThrow(expected);
  });
});
