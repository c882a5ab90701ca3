import { HoldfastError } from '../../../src/errors';
import { readDataSet } from '../../../src/evals';

const good = '{"id":"a","variables":{"q":"1"},"expect":{"exact":"x"}}';

function problemsOf(text: string): string[] {
  try {
    readDataSet('rows.jsonl', text);
  } catch (error) {
    if (error instanceof HoldfastError && error.type === 'Config.Invalid') return error.message.split('\n');
    throw error;
  }
  throw new Error('the data set was accepted');
}

describe('readDataSet', () => {
  test('reads rows with their lines, and passes over empty ones', () => {
    const { rows } = readDataSet('rows.jsonl', `\uFEFF${good}\r\n\r\n${good.replace('"a"', '"b"')}\n`);
    expect(rows.map(({ id, line }) => [id, line])).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
  });

  test('rows of two files of one target are told apart', () => {
    const [first, second] = [0, 1].map((place) => readDataSet('rows.jsonl', good, place).rows[0]?.occurrence);
    expect(first).not.toBe(second);
  });

  test('reads every assertion, several of a kind each by itself', () => {
    const expectation = {
      schema: true,
      exact: { a: 1 },
      contains: ['x', 'y'],
      notContains: 'z',
      equals: { 'a.b': null, c: [1] },
      numeric: [{ path: 'n', value: 1.5, tolerance: 0.1 }, { value: 2 }],
      regex: ['^a', { pattern: 'b', path: 'c', ignoreCase: true }],
      judge: { criteria: 'is kind', atLeast: 0.9, step: 'eval.judge' },
    };
    const [row] = readDataSet('f', JSON.stringify({ id: 'a', variables: {}, expect: expectation })).rows;
    expect(row?.expect).toEqual([
      { kind: 'schema' },
      { kind: 'exact', value: { a: 1 } },
      { kind: 'contains', text: 'x' },
      { kind: 'contains', text: 'y' },
      { kind: 'notContains', text: 'z' },
      { kind: 'equals', path: 'a.b', value: null },
      { kind: 'equals', path: 'c', value: [1] },
      { kind: 'numeric', path: 'n', value: 1.5, tolerance: 0.1 },
      { kind: 'numeric', path: '', value: 2, tolerance: 0 },
      expect.objectContaining({ kind: 'regex', source: '^a' }),
      expect.objectContaining({ kind: 'regex', source: 'b', path: 'c' }),
      { kind: 'judge', criteria: 'is kind', atLeast: 0.9, step: 'eval.judge' },
    ]);
  });

  test('names file and line of every problem in one error', () => {
    const text = [good, '{"id":"b"', good, '[]', '', '{"id":"c","variables":{},"expect":{"exact":1},"note":2}'].join(
      '\n',
    );
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^rows\.jsonl:2: is not JSON \(/),
      'rows.jsonl:3: id: "a" is that of line 1 already',
      'rows.jsonl:4: expected a JSON object, received []',
      'rows.jsonl:6: unknown key "note", expected id, variables, expect',
    ]);
  });

  test.each([
    ['{}', 'expect: expected an object with at least one assertion, received nothing'],
    ['{"equals":{}}', 'expect.equals: expected paths with their values, received {}'],
    ['{"contains":[]}', 'expect.contains: expected a text or a list of texts, received []'],
    ['{"contains":[""]}', 'expect.contains: expected a text or a list of texts, received [""]'],
    ['{"numeric":{"path":"n"}}', 'expect.numeric: expected value as a number, received nothing'],
    ['{"numeric":{"value":1,"tolerance":-1}}', 'expect.numeric: expected tolerance as a number from 0, received -1'],
    ['{"numeric":3}', 'expect.numeric: expected an object with path, value, tolerance, received 3'],
    ['{"regex":"("}', 'expect.regex: the pattern "(" cannot be used: "(" without ")", at character 2'],
    ['{"judge":{"criteria":"x","atLeast":7}}', 'expect.judge: expected atLeast from 0 to 1, received 7'],
    ['{"judge":{"critera":"x"}}', 'expect.judge: unknown key "critera", expected one of criteria, step, atLeast'],
    ['{"schema":"x","like":1}', 'expect: unknown assertion "like", expected one of schema, exact, contains'],
  ])('refuses %s', (expectation, says) => {
    const row = `{"id":"a","variables":{},"expect":${expectation}}`.replace('"expect":{}', '"other":1');
    expect(problemsOf(row).join('\n')).toContain(says);
  });

  test('an empty file is no data set', () => {
    expect(problemsOf('\n\n')).toEqual(['rows.jsonl: there are no rows, expected one JSON object per line']);
  });

  test('of a file that is something else altogether it lists the first problems', () => {
    const problems = problemsOf('x\n'.repeat(100));
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toBe('rows.jsonl: and 80 problems more');
  });
});
