import type { Ask, EvalAnswer, EvalRow, Judging } from '../../../src/evals';
import { failedOutcome, runEval } from '../../../src/evals';
import { armNamed, rowNamed } from './arms';

const spent = { usage: { inputTokens: 100, outputTokens: 10 }, costUsd: 0.01 };
const says = (value: EvalAnswer['outcome'] | string): EvalAnswer => ({
  outcome: typeof value === 'string' ? { kind: 'answered', value, servedBy: 'east' } : value,
  spent,
  latencyMs: 20,
  fromJournal: false,
});
const judging =
  (ask: Ask, more: Partial<Judging> = {}) =>
  (): Judging => ({
    ask,
    checkSchema: () => undefined,
    judgeOf: () => armNamed('judge'),
    ...more,
  });
const options = { concurrency: 2, seed: 1, signal: new AbortController().signal };
const rows = (count: number): EvalRow[] =>
  Array.from({ length: count }, (_, index) => rowNamed(`r${index}`, { occurrence: index + 1 }));

describe('runEval', () => {
  test('counts what passed, what was wrong, what was spent', async () => {
    const answers = [says('yes'), says('no'), says(failedOutcome('Llm.OutputInvalid', 'no JSON')), says('yes')];
    const ask: Ask = async ({ occurrence }) => answers[occurrence - 1] ?? says('yes');
    const [report] = await runEval([{ arm: armNamed('a'), rows: rows(4) }], judging(ask), options);
    expect(report).toMatchObject({
      answered: 4,
      unanswered: 0,
      passed: 2,
      score: { value: 0.5 },
      inputTokens: 400,
      outputTokens: 40,
      failures: { exact: 1, 'Llm.OutputInvalid': 1 },
      latencyMs: { p50: 20, p95: 20 },
    });
    expect(report?.costUsd).toBeCloseTo(0.04, 12);
    expect(report?.rows.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'r0 passed',
      'r1 failed',
      'r2 failed',
      'r3 passed',
    ]);
  });

  test('a row without an answer says nothing about the variant', async () => {
    const ask: Ask = async ({ occurrence }) =>
      occurrence === 1 ? says(failedOutcome('Llm.ServerError', '503')) : says('yes');
    const [report] = await runEval([{ arm: armNamed('a'), rows: rows(3) }], judging(ask), options);
    expect(report).toMatchObject({ answered: 2, unanswered: 1, passRate: { value: 1 }, score: { value: 1 } });
    expect(report?.failures).toEqual({ 'Llm.ServerError': 1 });
  });

  test('an arm whose models are all down is given up, the others go on', async () => {
    const asked = { a: 0, b: 0 };
    const ask: Ask = async ({ arm }) => {
      asked[arm.name as 'a' | 'b'] += 1;
      return arm.name === 'a' ? says(failedOutcome('Llm.Connection', 'refused')) : says('yes');
    };
    const tasks = [armNamed('a'), armNamed('b')].map((arm) => ({ arm, rows: rows(50) }));
    const [down, up] = await runEval(tasks, judging(ask), options);
    expect(asked.a).toBeLessThanOrEqual(12);
    expect(down).toMatchObject({ answered: 0, unanswered: 50 });
    expect(down?.failures['notAsked']).toBeGreaterThan(37);
    expect(up).toMatchObject({ passed: 50 });
  });

  test('every arm is put a row before any is put the next', async () => {
    const order: string[] = [];
    const ask: Ask = async ({ arm, occurrence }) => {
      order.push(`${arm.name}${occurrence}`);
      return says('yes');
    };
    const tasks = [armNamed('a'), armNamed('b')].map((arm) => ({ arm, rows: rows(2) }));
    await runEval(tasks, judging(ask), { ...options, concurrency: 1 });
    expect(order).toEqual(['a1', 'b1', 'a2', 'b2']);
  });

  test('never has more rows in flight than it may', async () => {
    const flight = { now: 0, most: 0 };
    const ask: Ask = async () => {
      flight.now += 1;
      flight.most = Math.max(flight.most, flight.now);
      await new Promise((resolve) => setImmediate(resolve));
      flight.now -= 1;
      return says('yes');
    };
    await runEval([{ arm: armNamed('a'), rows: rows(20) }], judging(ask), { ...options, concurrency: 3 });
    expect(flight.most).toBe(3);
  });

  test('an abort ends it with its reason', async () => {
    const ending = new AbortController();
    const counted = { calls: 0 };
    const ask: Ask = async () => {
      counted.calls += 1;
      ending.abort(new Error('enough'));
      return says('yes');
    };
    const task = { arm: armNamed('a'), rows: rows(50) };
    await expect(runEval([task], judging(ask), { ...options, signal: ending.signal })).rejects.toThrow('enough');
    expect(counted.calls).toBeLessThanOrEqual(2);
  });

  test('a defect in one row stops the spending on the others', async () => {
    const counted = { calls: 0 };
    const ask: Ask = async ({ occurrence }) => {
      counted.calls += 1;
      await new Promise((resolve) => setImmediate(resolve));
      if (occurrence === 3) throw new Error('a defect');
      return says('yes');
    };
    const running = runEval([{ arm: armNamed('a'), rows: rows(50) }], judging(ask), options);
    await expect(running).rejects.toThrow('a defect');
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(counted.calls).toBeLessThanOrEqual(5);
  });
});

describe('a judge', () => {
  const judged = rowNamed('r', { expect: [{ kind: 'judge', criteria: 'is kind', atLeast: 0.7 }] });
  const run = async (verdict: EvalAnswer) => {
    const asked: Parameters<Ask>[0][] = [];
    const ask: Ask = async (call) => {
      asked.push(call);
      return call.arm.name.startsWith('judge') ? verdict : says('dear customer');
    };
    const [report] = await runEval([{ arm: armNamed('a'), rows: [judged] }], judging(ask), options);
    return { report, row: report?.rows[0], asked };
  };
  const verdictOf = (value: { score: number | string; reason: string }): EvalAnswer => ({
    ...says(''),
    outcome: { kind: 'answered', value, servedBy: 'east' },
  });

  test('is shown criteria, question and answer, under a key of its own, and its cost is told apart', async () => {
    const { report, row, asked } = await run(verdictOf({ score: 0.8, reason: 'kind enough' }));
    expect(asked[1]).toMatchObject({
      occurrence: 1,
      arm: { name: 'judge<a#0' },
      variables: { criteria: 'is kind', question: '{\n  "q": "r"\n}', answer: 'dear customer' },
    });
    expect(row).toMatchObject({ status: 'passed', score: 0.8, costUsd: 0.01, judge: spent });
    expect(report).toMatchObject({ costUsd: 0.01, judgeCostUsd: 0.01 });
  });

  test('fails a row below its least score, and says why', async () => {
    const { row } = await run(verdictOf({ score: 0.2, reason: 'curt' }));
    expect(row).toMatchObject({ status: 'failed', score: 0.2 });
    expect(row?.failed).toEqual([{ kind: 'judge', message: 'scored 0.2, expected at least 0.7: curt' }]);
  });

  test.each([
    ['without an answer', says(failedOutcome('Llm.OutputInvalid', 'no JSON')), 'judge s: no JSON'],
    [
      'without a score',
      verdictOf({ score: 'high', reason: '' }),
      'judge s: expected a score from 0 to 1, received "high"',
    ],
    ['beyond the range', verdictOf({ score: 7, reason: '' }), 'judge s: expected a score from 0 to 1, received 7'],
  ])('%s leaves the row unjudged', async (_, verdict, message) => {
    const { row } = await run(verdict);
    expect(row).toMatchObject({ status: 'unanswered', failed: [{ message }] });
  });
});
