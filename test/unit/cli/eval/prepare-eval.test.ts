import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { prepareEval } from '../../../../src/cli/eval/prepare-eval';
import type { Definitions } from '../../../../src/cli/eval/prepare-eval';
import type { AskedEval } from '../../../../src/cli/eval/read-eval-options';
import { HoldfastError } from '../../../../src/errors';
import { planningWith, stepNamed } from '../../evals/arms';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'holdfast-evals-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const judge = stepNamed('judge', { prompt: 'q@1', output: 'Known' });
const steps = [
  stepNamed('s', { output: 'Known', tiers: [{ pool: 'fast' }, { cachedMs: 1 }, { pool: 'large', variant: 'tiny' }] }),
  stepNamed('plain'),
  stepNamed('tools', { tools: [] }),
  judge,
];

const definitions: Definitions = {
  ...planningWith(...steps),
  schemaNames: ['Known'],
  checkSchema: () => undefined,
  checkVariables(prompt, variant, variables) {
    if (!('q' in variables))
      throw new HoldfastError('Llm.BadRequest', `prompt ${prompt}/${variant}: variable "q" is missing`);
  },
  variablesOf: (prompt) => (prompt === 'q@1' ? ['answer', 'criteria', 'question'] : ['q']),
};

function write(path: string, lines: readonly object[]): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
  return file;
}

const row = (id: string, expectation: object = { exact: 'x' }, variables: object = { q: '1' }) => ({
  id,
  variables,
  expect: expectation,
});
const prepare = (changes: Partial<AskedEval>) =>
  prepareEval({ data: folder, concurrency: 1, seed: 1, tenant: 'default', ...changes }, definitions);

describe('prepareEval', () => {
  test('puts every row to every arm', () => {
    const data = write('d.jsonl', [row('a'), row('b')]);
    const { tasks, data: told } = prepare({ target: 's', data, variants: ['default', 'small'] });
    expect(tasks.map(({ arm, rows }) => [arm.name, rows.length])).toEqual([
      ['s:fast/default', 2],
      ['s:fast/small', 2],
    ]);
    expect(told).toEqual([{ file: data, rows: 2, of: 2 }]);
  });

  test('draws the same rows for every arm, and other ones with another seed', () => {
    const data = write(
      'd.jsonl',
      Array.from({ length: 100 }, (_, index) => row(`r${index}`)),
    );
    const drawn = (seed: number) =>
      prepare({ target: 's', data, limit: 10, seed, variants: ['default', 'small'] }).tasks.map(({ rows }) =>
        rows.map(({ id }) => id),
      );
    const [first, second] = drawn(1);
    expect(first).toHaveLength(10);
    expect(second).toEqual(first);
    expect(drawn(1)[0]).toEqual(first);
    expect(drawn(2)[0]).not.toEqual(first);
  });

  test('names file and line of every row that does not fit its prompt', () => {
    const data = write('d.jsonl', [
      row('a'),
      row('b', { exact: 'x' }, { topic: '1' }),
      row('c', { schema: 'Nope' }),
      row('d', { judge: 'is kind' }),
      row('e', { judge: { criteria: 'is kind', step: 'nobody' } }),
      row('f', { judge: { criteria: 'is kind', step: 'plain' } }),
      row('g', { judge: { criteria: 'is kind', step: 's' } }),
    ]);
    expect(() => prepare({ target: 's', data })).toThrow(
      [
        `${data}:2: variables: prompt p@1/default: variable "q" is missing`,
        `${data}:3: expect.schema: there is no schema "Nope" (known: Known)`,
        `${data}:4: expect.judge: no judge is named; give it a step, or --judge`,
        `${data}:5: expect.judge: there is no step "nobody" (known: s, plain, tools, judge)`,
        `${data}:6: expect.judge: step plain has no output schema; expected one with a score`,
        `${data}:7: expect.judge: prompt p@1 of judge s takes q; expected criteria, question, answer`,
      ].join('\n'),
    );
  });

  test('a row that expects a schema of a step that answers in plain text cannot be right', () => {
    const data = write('d.jsonl', [row('a', { schema: true })]);
    expect(() => prepare({ target: 'plain', data })).toThrow(
      `${data}:1: expect.schema: plain has no output schema; name one`,
    );
  });

  test('the judge of the eval is asked where a row names none', () => {
    const data = write('d.jsonl', [row('a', { judge: 'is kind' })]);
    const { judgeOf } = prepare({ target: 's', data, judge: 'judge' });
    expect(judgeOf({ kind: 'judge', criteria: 'is kind', atLeast: 0.5 }).name).toBe('judge:fast/default');
  });

  test('of many problems it lists the first', () => {
    const data = write(
      'd.jsonl',
      Array.from({ length: 50 }, (_, index) => row(`r${index}`, { exact: 1 }, {})),
    );
    expect(() => prepare({ target: 's', data })).toThrow(/\nand 30 problems more$/);
  });

  test('says which file is not there', () => {
    expect(() => prepare({ target: 's', data: 'nowhere.jsonl' })).toThrow('--data: there is no "nowhere.jsonl"');
  });
});

describe('the matrix', () => {
  test('tries every pool with every variant, and tells what it cannot try and why', () => {
    write('s/one.jsonl', [row('a')]);
    write('s/two.jsonl', [row('b')]);
    write('tools/one.jsonl', [row('a')]);
    write('gone/one.jsonl', [row('a')]);
    const { tasks, notTried } = prepare({});
    expect(tasks.map(({ arm, rows }) => [arm.name, rows.map(({ id }) => id)])).toEqual(
      ['fast/default', 'fast/claude', 'fast/small', 'large/default', 'large/claude', 'large/small'].map((name) => [
        `s:${name}`,
        ['a', 'b'],
      ]),
    );
    expect(notTried).toEqual([
      `${folder}/gone: there is no such step`,
      's, tier 1: calls no model',
      's, tier 2 (large): p@1 has no variant "tiny"',
      `plain: no data set in ${folder}/plain/*.jsonl`,
      'tools: calls tools, an eval judges one answer',
      `judge: no data set in ${folder}/judge/*.jsonl`,
    ]);
  });

  test('two files of a step must not use an id twice', () => {
    const first = write('s/one.jsonl', [row('a')]);
    const second = write('s/two.jsonl', [row('b'), row('a')]);
    expect(() => prepare({})).toThrow(`${second}:2: id: "a" is that of ${first}:1 already`);
  });

  test('an empty folder, and one without a step that can be tried', () => {
    expect(() => prepare({})).toThrow(`--data: there is no data set in "${folder}"`);
    write('tools/one.jsonl', [row('a')]);
    expect(() => prepare({})).toThrow(/^nothing can be tried:\ns: no data set in /);
  });
});
