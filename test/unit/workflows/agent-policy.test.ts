import { judgedDrift, problemOfDrift, topicDrift } from '../../../src/workflows/policy/drift-limits';
import { countVotes, usualQuorum } from '../../../src/workflows/policy/vote';

describe('topicDrift', () => {
  test.each([
    ['the same direction', [1, 0], [3, 0], 0],
    ['nothing in common', [1, 0], [0, 1], 1],
    ['the opposite, which is no further away than nothing', [1, 0], [-1, 0], 1],
    ['half way, in thousandths', [1, 0], [1, 1], 0.293],
  ])('%s', (_, task, said, drift) => {
    expect(topicDrift(task, said)).toBe(drift);
  });
});

describe('judgedDrift', () => {
  test.each([
    ['a score in an object', { score: 0.8, reason: 'on it' }, 0.2],
    ['a bare score', 1, 0],
    ['a score above 1', { score: 1.2 }, undefined],
    ['words', { score: 'high' }, undefined],
    ['no object', 'fine', undefined],
    ['null', null, undefined],
  ])('%s', (_, answer, drift) => {
    expect(judgedDrift(answer)).toBe(drift);
  });
});

describe('problemOfDrift', () => {
  test.each([[0], [1.1], [Number.NaN], ['0.5']])('refuses a limit of %p', (limit) => {
    expect(problemOfDrift({ task: 'a', limit, action: 'warn' })).toMatch(/^drift\.limit: /);
  });

  test('has nothing to say about good options', () => {
    expect(problemOfDrift({ task: 'a', limit: 1, action: 'review' })).toBeUndefined();
  });
});

describe('countVotes', () => {
  const vote = (member: string, choice: string) => ({ member, choice, value: choice });

  test.each([
    ['a majority', ['a', 'b', 'b'], ['b'], { a: 1, b: 2 }],
    ['a tie, in the order in which it was heard', ['b', 'a'], ['b', 'a'], { b: 1, a: 1 }],
    ['nobody', [], [], {}],
    [
      'a choice named like a member of every object',
      ['constructor', 'a', 'constructor'],
      ['constructor'],
      { constructor: 2, a: 1 },
    ],
  ])('%s', (_, choices, leading, votes) => {
    const count = countVotes(choices.map((choice, index) => vote(`m${index}`, choice)));
    expect(count.leading.map(({ choice }) => choice)).toEqual(leading);
    expect(count.votes).toEqual(votes);
  });
});

describe('usualQuorum', () => {
  test.each([
    [2, 2],
    [3, 2],
    [4, 3],
  ])('of %d members: %d', (members, quorum) => {
    expect(usualQuorum(members)).toBe(quorum);
  });
});
