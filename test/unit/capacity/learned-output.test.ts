import { LearnedOutput } from '../../../src/capacity/learned-output';

function learnedFrom(...answers: readonly number[]): LearnedOutput {
  const output = new LearnedOutput();
  for (const tokens of answers) output.learn(tokens);
  return output;
}

/** 1 to `count`, in an order that is neither rising nor falling. */
const shuffled = (count: number): number[] => Array.from({ length: count }, (_, i) => ((i * 37) % count) + 1);

describe('LearnedOutput', () => {
  test.each([
    [4_000, 1_000],
    [10, 3],
    [1, 1],
    [0, 0],
  ])('of %i tokens asked for, a quarter is expected as long as nothing is learned', (requested, expected) => {
    expect(new LearnedOutput().expect(requested)).toBe(expected);
    expect(learnedFrom(...shuffled(9)).expect(requested)).toBe(expected);
  });

  test.each([10, 50, 100])('of %i answers nine tenths are at most as long as expected', (count) => {
    expect(learnedFrom(...shuffled(count)).expect(10_000)).toBe(0.9 * count);
  });

  test('never expects more than was asked for', () => {
    expect(learnedFrom(...shuffled(100)).expect(64)).toBe(64);
  });

  test('forgets all but the last hundred', () => {
    const output = learnedFrom(...shuffled(100).map((tokens) => tokens + 5_000), ...shuffled(100));
    expect(output.expect(10_000)).toBe(90);
  });

  test.each([0, -1, NaN, Infinity, -Infinity])('%d tokens teach nothing', (tokens) => {
    const output = learnedFrom(...shuffled(10));
    for (let i = 0; i < 200; i++) output.learn(tokens);
    expect(output.expect(10_000)).toBe(9);
  });

  test('a tenth of absurd answers is left out', () => {
    expect(learnedFrom(...shuffled(90), ...Array<number>(10).fill(1e15)).expect(1_000_000)).toBe(90);
  });
});
