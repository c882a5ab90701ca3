import { readBudget } from '../../../src/client/read-budget';

const seconds = 'a duration with its unit, such as 250ms, 5s, 2m, 1h or 3d (at most 24d)';

describe('readBudget', () => {
  test.each([
    [undefined, undefined],
    [{ usd: 0.01 }, { usd: 0.01 }],
    [{ tokens: 1 }, { tokens: 1 }],
    [{ time: 1 }, { timeMs: 1 }],
    [{ time: '1.5h' }, { timeMs: 5_400_000 }],
    [
      { usd: 2, tokens: 1e6, time: '10m' },
      { usd: 2, tokens: 1e6, timeMs: 600_000 },
    ],
    [{ usd: 2, tokens: undefined }, { usd: 2 }],
  ])('%j is %j', (given, expected) => {
    expect(readBudget(given)).toEqual(expected);
  });

  test.each<[string, unknown, string]>([
    ['a number', 2, 'budget: expected a map with usd, tokens, time, received 2'],
    ['null', null, 'budget: expected a map with usd, tokens, time, received a object'],
    ['nothing at all', {}, 'budget: expected at least one of usd, tokens, time'],
    ['nothing named', { usd: undefined }, 'budget: expected at least one of usd, tokens, time'],
    ['an unknown key', { usd: 1, eur: 1 }, 'budget: unknown key "eur", expected usd, tokens, time'],
    ['a key of every object', { toString: 1 }, 'budget: unknown key "toString", expected usd, tokens, time'],
    ['no money', { usd: 0 }, 'budget.usd: expected US dollars, a number > 0, received 0'],
    ['debts', { usd: -1 }, 'budget.usd: expected US dollars, a number > 0, received -1'],
    ['NaN', { usd: NaN }, 'budget.usd: expected US dollars, a number > 0, received NaN'],
    ['all the money', { usd: Infinity }, 'budget.usd: expected US dollars, a number > 0, received Infinity'],
    ['money as text', { usd: '2' }, 'budget.usd: expected US dollars, a number > 0, received "2"'],
    ['half a token', { tokens: 0.5 }, 'budget.tokens: expected a whole number > 0, received 0.5'],
    ['a big integer', { tokens: 5n }, 'budget.tokens: expected a whole number > 0, received 5'],
    [
      'no time',
      { time: '0s' },
      `budget.time: expected a whole number of milliseconds > 0, or ${seconds}, received "0s"`,
    ],
    [
      'time without unit',
      { time: '10' },
      `budget.time: expected a whole number of milliseconds > 0, or ${seconds}, received "10"`,
    ],
    [
      'negative time',
      { time: -5 },
      `budget.time: expected a whole number of milliseconds > 0, or ${seconds}, received -5`,
    ],
  ])('refuses %s', (_, given, message) => {
    expect(() => readBudget(given)).toThrow(expect.objectContaining({ type: 'Pipeline.InvalidInput', message }));
  });
});
