import { checkBaseline, compareArms, driftOf, readBaseline, toJunit } from '../../../src/evals';
import type { RowReport } from '../../../src/evals';
import { summarizeArm } from '../../../src/evals/summarize';
import { armNamed, reportNamed, rowNamed } from './arms';

const arm = (name: string, rows: readonly RowReport[]) => summarizeArm(armNamed(name), rows, 1);
const passing = (count: number, of: number): RowReport[] =>
  Array.from({ length: of }, (_, index) =>
    reportNamed(
      `r${index}`,
      index < count ? {} : { status: 'failed', score: 0, failed: [{ kind: 'exact', message: 'no' }] },
    ),
  );

describe('compareArms', () => {
  test('compares row by row with the first arm', () => {
    const [comparison, ...more] = compareArms([arm('a', passing(90, 100)), arm('b', passing(60, 100))], 1);
    expect(more).toEqual([]);
    expect(comparison).toMatchObject({ name: 'b', against: 'a', rows: 100 });
    expect(comparison?.difference.value).toBeCloseTo(-0.3, 12);
    expect(comparison?.difference.high).toBeLessThan(-0.2);
    // 30 rows to none.
    expect(comparison?.pValue).toBeCloseTo(2 * 0.5 ** 30, 15);
  });

  test('leaves out what one of them has not answered', () => {
    const holes = passing(10, 10).map((row, index) =>
      index < 4 ? { ...row, status: 'unanswered' as const, score: 0 } : row,
    );
    expect(compareArms([arm('a', passing(10, 10)), arm('b', holes)], 1)).toMatchObject([
      { rows: 6, difference: { value: 0, low: 0, high: 0 }, pValue: 1 },
    ]);
  });
});

describe('driftOf', () => {
  const stored = readBaseline(
    'base.json',
    JSON.stringify({ version: 1, arms: [{ name: 'a', rows: passing(90, 100) }] }),
  );

  test('a score falls when the whole interval of the difference lies below 0', () => {
    expect(driftOf([arm('a', passing(70, 100))], stored, 1)).toMatchObject([
      { name: 'a', rows: 100, baseline: 0.9, now: 0.7, hasFallen: true },
    ]);
    expect(driftOf([arm('a', passing(89, 100))], stored, 1)).toMatchObject([{ hasFallen: false }]);
    expect(driftOf([arm('a', passing(100, 100))], stored, 1)).toMatchObject([{ hasFallen: false }]);
  });

  test('looks at the rows that both have', () => {
    expect(driftOf([arm('a', passing(70, 100).slice(60, 80))], stored, 1)).toMatchObject([
      { rows: 20, baseline: 1, now: 0.5 },
    ]);
  });

  test('says nothing of arms that the baseline does not know', () => {
    expect(driftOf([arm('b', passing(1, 2))], stored, 1)).toEqual([]);
  });
});

describe('checkBaseline', () => {
  const stored = readBaseline('b.json', JSON.stringify({ version: 1, arms: [{ name: 'a', rows: passing(1, 2) }] }));
  const check = (name: string, id: string) => () =>
    checkBaseline('b.json', stored, [{ arm: armNamed(name), rows: [rowNamed('x'), rowNamed(id)] }]);

  test('a baseline without any of the arms or rows is refused: nothing could ever fall', () => {
    expect(check('a', 'r1')).not.toThrow();
    expect(check('b', 'r1')).toThrow('the baseline b.json has no row of b (its arms: a)');
    expect(check('a', 'r2')).toThrow('the baseline b.json has no row of a (its arms: a)');
  });
});

describe('readBaseline', () => {
  test.each([
    ['', 'is not JSON'],
    ['{}', 'is no result of an eval (version 1)'],
    ['{"version":2,"arms":[]}', 'is no result of an eval (version 1)'],
    ['{"version":1,"arms":[{"name":"a"}]}', 'arms.0 is no arm with its rows'],
    [
      '{"version":1,"arms":[{"name":"a","rows":[{"id":"r","score":"1","status":"passed"}]}]}',
      'arms.0 is no arm with its rows',
    ],
  ])('refuses %s', (text, says) => {
    expect(() => readBaseline('b.json', text)).toThrow(
      expect.objectContaining({ type: 'Config.Invalid', message: expect.stringContaining(says) }),
    );
  });
});

describe('toJunit', () => {
  test('a suite per arm, a case per row; what was not answered is an error', () => {
    const rows = [
      reportNamed('good', { latencyMs: 1_234 }),
      reportNamed('bad', {
        status: 'failed',
        failed: [
          { kind: 'equals', message: 'intent: no' },
          { kind: 'regex', message: 'x' },
        ],
      }),
      reportNamed('gone', { status: 'unanswered', failed: [{ kind: 'Llm.Timeout', message: 'silent' }] }),
    ];
    expect(toJunit({ id: 'e', arms: [arm('a', rows)] }).split('\n')).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="e" tests="3" failures="1" errors="1" time="1.234">',
      '  <testsuite name="a" tests="3" failures="1" errors="1" time="1.234">',
      '    <testcase classname="a" name="good" time="1.234"/>',
      '    <testcase classname="a" name="bad" time="0.000">',
      '      <failure type="equals" message="equals: intent: no">equals: intent: no&#10;regex: x</failure>',
      '    </testcase>',
      '    <testcase classname="a" name="gone" time="0.000">',
      '      <error type="Llm.Timeout" message="Llm.Timeout: silent">Llm.Timeout: silent</error>',
      '    </testcase>',
      '  </testsuite>',
      '</testsuites>',
      '',
    ]);
  });

  test('nothing that a model writes can break the XML', () => {
    const message = '<b>&"\'\u0000\u001b]]>\ud800\t';
    const xml = toJunit({
      id: 'e',
      arms: [arm('a', [reportNamed('r', { status: 'failed', failed: [{ kind: 'exact', message }] })])],
    });
    expect(xml).toContain(`message="exact: &lt;b&gt;&amp;&quot;'\ufffd\ufffd]]&gt;\ufffd&#9;"`);
    expect(xml).not.toMatch(/[\u0000\u001b\ud800]/);
  });
});
