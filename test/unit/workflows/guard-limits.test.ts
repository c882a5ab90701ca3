import { limitReached, problemOfLimits } from '../../../src/workflows/policy/guard-limits';

const limits = { maxTurns: 20, tokens: 50_000, usd: 0.5, timeMs: 600_000 };
const used = { turns: 19, tokens: 49_999, usd: 0.4999, ms: 599_999 };

describe('limitReached', () => {
  test('says nothing while there is room for one more turn', () => {
    expect(limitReached(limits, used)).toBeUndefined();
    expect(limitReached({ maxTurns: 20 }, { ...used, tokens: 1e9, usd: 1e9, ms: 1e9 })).toBeUndefined();
  });

  test.each([
    [{ turns: 20 }, '20 of 20 turns are used'],
    [{ tokens: 50_210 }, '50210 of 50000 tokens are used'],
    [{ usd: 0.5 }, '$0.5000 of $0.5000 is spent'],
    [{ ms: 600_000 }, '600.0 s of 600.0 s have passed'],
  ])('%j ends the loop', (more, message) => {
    expect(limitReached(limits, { ...used, ...more })).toBe(message);
  });
});

describe('problemOfLimits', () => {
  test('takes any limits that are more than nothing', () => {
    expect(problemOfLimits(limits)).toBeUndefined();
    expect(problemOfLimits({ maxTurns: 1 })).toBeUndefined();
  });

  test.each([
    [{ maxTurns: 0 }, 'maxTurns must be a whole number of at least 1, received 0'],
    [{ maxTurns: Number.NaN }, 'received NaN'],
    [{ maxTurns: 1, tokens: 0 }, 'tokens must be more than 0, received 0'],
    [{ maxTurns: 1, usd: -1 }, 'usd must be more than 0, received -1'],
    [{ maxTurns: 1, timeMs: Number.NaN }, 'time must be more than 0, received NaN'],
  ])('refuses %j', (wrong, message) => {
    expect(problemOfLimits(wrong)).toContain(message);
  });
});
