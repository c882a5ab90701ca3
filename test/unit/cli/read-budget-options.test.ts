import { readBudgetOptions } from '../../../src/cli/read-budget-options';

describe('readBudgetOptions', () => {
  test('become the budget of a start', () => {
    expect(readBudgetOptions({})).toBeUndefined();
    expect(readBudgetOptions({ budgetUsd: '0.5' })).toEqual({ usd: 0.5 });
    expect(readBudgetOptions({ budgetUsd: '2', budgetTokens: '100_000', budgetTime: '10m' })).toEqual({
      usd: 2,
      tokens: 100_000,
      time: 600_000,
    });
  });

  test.each([
    ['budgetUsd', '0', '--budget-usd: expected US dollars, a number > 0, received "0"'],
    ['budgetUsd', '-1', '--budget-usd: expected US dollars, a number > 0, received "-1"'],
    ['budgetUsd', 'two', '--budget-usd: expected US dollars, a number > 0, received "two"'],
    ['budgetUsd', '1e400', '--budget-usd: expected US dollars, a number > 0, received "1e400"'],
    ['budgetUsd', '9'.repeat(400), /^--budget-usd: expected US dollars/],
    ['budgetUsd', '', '--budget-usd: expected US dollars, a number > 0, received ""'],
    ['budgetTokens', '0', '--budget-tokens: expected a whole number > 0, received "0"'],
    ['budgetTokens', '1.5', '--budget-tokens: expected a whole number > 0, received "1.5"'],
    ['budgetTokens', '1e3', '--budget-tokens: expected a whole number > 0, received "1e3"'],
    ['budgetTime', '10', /^--budget-time: expected a duration with its unit, .*, received "10"$/],
    ['budgetTime', '0s', /received "0s"$/],
    ['budgetTime', '30d', /received "30d"$/],
  ])('%s %j is refused', (option, text, message) => {
    expect(() => readBudgetOptions({ [option]: text })).toThrow(message);
  });
});
