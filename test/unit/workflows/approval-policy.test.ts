import type { DecisionOutcome, PendingApproval, Vote } from '../../../src/contracts/approval';
import { countVote } from '../../../src/workflows/policy/approval-ballot';
import { isSamePerson, missingRight, staleness } from '../../../src/workflows/policy/approval-rights';
import { problemOfTimes, scheduleOf } from '../../../src/workflows/policy/approval-schedule';
import { isUnsure, readThreshold } from '../../../src/workflows/policy/approval-threshold';

const vote = (by: string, outcome: DecisionOutcome): Vote => ({ by, outcome, at: 'now' });

describe('countVote', () => {
  const play = (said: [string, DecisionOutcome][], rules = { required: 2, rejections: 1 }) =>
    said.reduce<{ votes: readonly Vote[]; outcome?: DecisionOutcome }>(
      ({ votes }, [by, outcome]) => countVote(votes, vote(by, outcome), rules),
      { votes: [] },
    );

  test.each<[string, [string, DecisionOutcome][], DecisionOutcome | undefined]>([
    ['one of two', [['ana', 'approved']], undefined],
    [
      'two of two',
      [
        ['ana', 'approved'],
        ['bo', 'approved'],
      ],
      'approved',
    ],
    [
      'the same one twice',
      [
        ['ana', 'approved'],
        ['Ana', 'approved'],
      ],
      undefined,
    ],
    [
      'a rejection',
      [
        ['ana', 'approved'],
        ['bo', 'rejected'],
      ],
      'rejected',
    ],
    [
      'a change of mind',
      [
        ['ana', 'approved'],
        ['ana', 'rejected'],
      ],
      'rejected',
    ],
    [
      'an edit after an approval',
      [
        ['ana', 'approved'],
        ['bo', 'edited'],
      ],
      undefined,
    ],
    [
      'an edit and one more',
      [
        ['ana', 'approved'],
        ['bo', 'edited'],
        ['ana', 'approved'],
      ],
      'approved',
    ],
    [
      'an editor who approves too',
      [
        ['bo', 'edited'],
        ['bo', 'approved'],
      ],
      undefined,
    ],
    ['an answer', [['ana', 'answered']], 'answered'],
  ])('%s: %j is %s', (_, said, outcome) => {
    expect(play(said).outcome).toBe(outcome);
  });

  test('where two must reject, one that takes it back does not count', () => {
    const rules = { required: 2, rejections: 2 };
    expect(
      play(
        [
          ['ana', 'rejected'],
          ['bo', 'approved'],
        ],
        rules,
      ).outcome,
    ).toBeUndefined();
    expect(
      play(
        [
          ['ana', 'rejected'],
          ['ana', 'approved'],
          ['bo', 'approved'],
        ],
        rules,
      ).outcome,
    ).toBe('approved');
    expect(
      play(
        [
          ['ana', 'rejected'],
          ['bo', 'rejected'],
        ],
        rules,
      ).outcome,
    ).toBe('rejected');
  });
});

describe('missingRight', () => {
  const pending: PendingApproval = {
    name: 'publish',
    occurrence: 0,
    title: 'T',
    show: 1,
    digest: 'd',
    allow: ['approve'],
    askedAt: 'now',
  };
  const decider = { by: 'ana', roles: ['editors'], isAuthenticated: true };

  test.each([
    ['anybody, where nobody is named', pending, true],
    ['who has one of the roles', { ...pending, roles: ['legal', 'editors'] }, true],
    ['who has another role', { ...pending, roles: ['legal'] }, false],
    ['who started it', { ...pending, notBy: 'ANA ', roles: ['editors'] }, false],
    ['who did not start it', { ...pending, notBy: 'anna' }, true],
  ])('%s', (_, question, mayDecide) => {
    expect(missingRight(question, decider) === undefined).toBe(mayDecide);
  });

  test('names of one person in other forms are one person', () => {
    expect(isSamePerson('Rene\u0301@acme', 'RENÉ@acme')).toBe(true);
  });

  test.each(['other', undefined])('a decision on %s is stale', (digest) => {
    const decision = { approval: 'publish', outcome: 'approved', by: 'ana', ...(digest && { digest }) } as const;
    expect(staleness(pending, decision)).toMatchObject({ type: 'Approval.Stale' });
  });
});

describe('scheduleOf', () => {
  test('is in the order of time, the deadline last', () => {
    expect(scheduleOf({ deadlineMs: 100, remindMs: [90, 10, 50], escalateMs: 50 })).toEqual([
      { inMs: 10, what: 'reminder' },
      { inMs: 50, what: 'escalated' },
      { inMs: 50, what: 'reminder' },
      { inMs: 90, what: 'reminder' },
      { inMs: 100, what: 'deadline' },
    ]);
  });

  test('without times nothing happens by itself', () => {
    expect(scheduleOf({ remindMs: [] })).toEqual([]);
  });

  test.each([
    [{ deadlineMs: 0, remindMs: [] }, /deadline/],
    [{ deadlineMs: 10, remindMs: [10] }, /before the question/],
    [{ remindMs: [10] }, /no deadline/],
    [{ deadlineMs: 10, remindMs: [], escalateMs: 10 }, /not before the deadline/],
    [{ deadlineMs: 10, remindMs: [Number.NaN] }, /remind/],
  ])('%j is refused', (times, problem) => {
    expect(problemOfTimes(times)).toMatch(problem);
  });
});

describe('thresholds', () => {
  test.each([
    [0.8, 0.8, false],
    [0.79, 0.8, true],
    [1, 0, false],
    [1.1, 0.5, true],
    [Number.NaN, 0, true],
  ])('a confidence of %d below %d is unsure: %s', (confidence, below, expected) => {
    expect(isUnsure(confidence, below)).toBe(expected);
  });

  test.each([
    [undefined, /an object/],
    [{ below: 0.5, by: 'ana' }, /review/],
    [{ review: 'extract', below: '0.5', by: 'ana' }, /below/],
    [{ review: 'extract', below: 1.5, by: 'ana' }, /below/],
    [{ review: 'extract', below: 0.5 }, /by/],
  ])('%j is malformed', (value, message) => {
    expect(() => readThreshold(value)).toThrow(message);
  });
});
