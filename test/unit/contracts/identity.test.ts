import { canonicalJson } from '../../../src/contracts/json';
import { journalKeyOf, reservationIdOf, runKeyOf, tierWorkflowIdOf } from '../../../src/contracts/ids';
import type { CallIdentity } from '../../../src/contracts/ids';
import { addUsage, costUsd } from '../../../src/contracts/usage';

const id: CallIdentity = {
  runKey: runKeyOf('researchReport:42', 'run-1'),
  step: 'research.section',
  occurrence: 3,
  tier: 1,
  callIndex: 0,
};

describe('identity of a call', () => {
  test('the wire form of every id stands still', () => {
    expect(journalKeyOf(id, 'abc')).toBe('researchReport:42/run-1/research.section#3/t1/c0/abc');
    expect(reservationIdOf(id, 2, 1)).toBe('researchReport:42/run-1/research.section#3/t1/c0/a2/h1');
    expect(tierWorkflowIdOf('researchReport:42', id)).toBe('researchReport:42/step/research.section#3/tier/1');
  });

  test.each([
    ['run', { runKey: 'other' }],
    ['step', { step: 'other' }],
    ['occurrence', { occurrence: 4 }],
    ['tier', { tier: 2 }],
    ['call index', { callIndex: 1 }],
  ])('another %s is another call', (_, patch) => {
    expect(journalKeyOf({ ...id, ...patch }, 'abc')).not.toBe(journalKeyOf(id, 'abc'));
    expect(reservationIdOf({ ...id, ...patch }, 1, 0)).not.toBe(reservationIdOf(id, 1, 0));
  });
});

describe('canonicalJson', () => {
  test('the order of keys does not matter, the order of items does', () => {
    expect(canonicalJson({ b: 1, a: [1, { d: null, c: 'x' }] })).toBe('{"a":[1,{"c":"x","d":null}],"b":1}');
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });

  test('members without a value are left out, as JSON does', () => {
    expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}');
  });
});

describe('costUsd', () => {
  test('prices are per million tokens, cached input at its own price', () => {
    const usage = { inputTokens: 1_000_000, outputTokens: 500_000, cachedInputTokens: 400_000 };
    expect(costUsd(usage, { input: 2, output: 10, cachedInput: 0.5 })).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 5, 10);
    expect(costUsd(usage, { input: 2, output: 10 })).toBeCloseTo(2 + 5, 10);
  });

  test('usage adds up, and one estimate makes the sum an estimate', () => {
    expect(
      addUsage({ inputTokens: 1, outputTokens: 2 }, { inputTokens: 10, outputTokens: 20, estimated: true }),
    ).toEqual({
      inputTokens: 11,
      outputTokens: 22,
      estimated: true,
    });
  });
});
