import { readEvalOptions } from '../../../../src/cli/eval/read-eval-options';
import type { EvalOptions } from '../../../../src/cli/eval/read-eval-options';
import { UsageError } from '../../../../src/cli/failure';

const usual = { concurrency: '8', seed: '1', tenant: 'default' };
const read = (changes: Partial<EvalOptions>, target: string | undefined = 's') =>
  readEvalOptions(target, { ...usual, data: 'd.jsonl', ...changes });

describe('readEvalOptions', () => {
  test('reads names, numbers and the budget', () => {
    expect(
      read({ variants: 'a, b', pool: 'p', threshold: '0.8', limit: '50', budgetUsd: '2.5', id: 'nightly.1' }),
    ).toEqual({
      target: 's',
      data: 'd.jsonl',
      variants: ['a', 'b'],
      pools: ['p'],
      threshold: 0.8,
      limit: 50,
      budget: { usd: 2.5 },
      id: 'nightly.1',
      concurrency: 8,
      seed: 1,
      tenant: 'default',
    });
  });

  test('a matrix has no target and looks in a folder', () => {
    const asked = readEvalOptions(undefined, { ...usual, matrix: true });
    expect(asked).toMatchObject({ data: 'evals' });
    expect(asked).not.toHaveProperty('target');
  });

  test.each<[Partial<EvalOptions>, string]>([
    [{ threshold: '1.5' }, '--threshold: expected a number from 0 to 1, received "1.5"'],
    [{ threshold: '' }, '--threshold: expected a number from 0 to 1, received ""'],
    [{ threshold: '-0.1' }, '--threshold: expected a number from 0 to 1'],
    [{ limit: '0' }, '--limit: expected a whole number from 1, received "0"'],
    [{ limit: '1.5' }, '--limit: expected a whole number'],
    [{ concurrency: '1000' }, '--concurrency: expected a whole number from 1 to 256'],
    [{ seed: 'x' }, '--seed: expected a whole number from 0 to 4294967295'],
    [{ variants: 'a,,b' }, '--variants: expected names with commas between them, received "a,,b"'],
    [{ pool: 'a,a' }, '--pool: "a" is there twice'],
    [{ id: 'a b' }, '--id: expected 1 to 100 letters'],
    [{ budgetUsd: '0' }, '--budget-usd: expected US dollars'],
    [{ matrix: true }, '--matrix tries every step: leave "s" out'],
  ])('refuses %j', (changes, says) => {
    expect(() => read(changes)).toThrow(UsageError);
    expect(() => read(changes)).toThrow(says);
  });

  test.each<[string, Partial<EvalOptions>, string]>([
    ['nothing to be tried', { data: 'd' }, 'what is to be tried?'],
    ['a pool for the matrix', { matrix: true, pool: 'p' }, '--pool cannot be given with --matrix'],
  ])('refuses %s', (_, options, says) => {
    expect(() => readEvalOptions(undefined, { ...usual, ...options })).toThrow(says);
  });

  test('refuses a step without data', () => {
    expect(() => readEvalOptions('s', usual)).toThrow('--data: expected a file of JSON lines');
  });
});
