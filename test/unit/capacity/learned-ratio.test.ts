import { LearnedRatio } from '../../../src/capacity/learned-ratio';

/** Mulberry32: the same draws in every run, uniform in [0, 1). */
function drawsOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Teaches `answers` of 200 to 4,000 tokens whose ratio is `truth` ± `spread`. */
function teach(ratio: LearnedRatio, from: { truth: number; spread?: number; answers: number; seed?: number }): void {
  const draw = drawsOf(from.seed ?? 1);
  for (let i = 0; i < from.answers; i++) {
    const estimated = Math.round(200 + 3_800 * draw());
    ratio.learn(estimated, Math.round(estimated * (from.truth + (from.spread ?? 0) * (2 * draw() - 1))));
  }
}

function learnedFrom(assumed: number, from: Parameters<typeof teach>[1]): number {
  const ratio = new LearnedRatio(assumed);
  teach(ratio, from);
  return ratio.value;
}

describe('LearnedRatio', () => {
  test.each([1, 1.1])('is exactly what is assumed until something is learned: %d', (assumed) => {
    expect(new LearnedRatio(assumed).value).toBeCloseTo(assumed, 12);
  });

  const biases = [0.9, 1, 1.1];
  const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

  test.each(biases)('a tokenizer that always counts %d times as much is learned to the percent', (truth) => {
    for (const assumed of [1, 1.1]) {
      const value = learnedFrom(assumed, { truth, answers: 250 });
      expect(value).toBeGreaterThanOrEqual(truth - 0.001);
      expect(value).toBeLessThan(truth + 0.015);
    }
  });

  test.each(biases)('with ±20 %% between texts, %d is learned from above, within 14 %%', (truth) => {
    for (const seed of seeds) {
      const value = learnedFrom(1, { truth, spread: 0.2, answers: 250, seed });
      expect(value).toBeGreaterThanOrEqual(truth);
      expect(value).toBeLessThan(truth * 1.14);
    }
  });

  test('a coarser tokenizer is covered after ten answers already', () => {
    for (const seed of seeds) expect(learnedFrom(1, { truth: 1.1, answers: 10, seed })).toBeGreaterThan(1.09);
  });

  test('the margin shrinks as answers come in', () => {
    const excess = (answers: number): number => {
      const values = seeds.map((seed) => learnedFrom(1, { truth: 1, spread: 0.2, answers, seed }) - 1);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(excess(10)).toBeGreaterThan(excess(200));
    expect(excess(40)).toBeGreaterThan(1.1 * excess(200));
    expect(excess(200)).toBeLessThan(0.12);
  });

  test('an answer that contradicts the assumption moves the ratio, but does not overturn it', () => {
    const more = learnedFrom(1, { truth: 1.2, answers: 1 });
    const fewer = learnedFrom(1, { truth: 0.8, answers: 1 });
    expect(more).toBeGreaterThan(1.05);
    expect(more).toBeLessThan(1.25);
    // In doubt to the safe side: one answer alone does not lower it.
    expect(fewer).toBeGreaterThanOrEqual(1);
  });

  test('a change of the tokenizer is followed, upwards at once', () => {
    const ratio = new LearnedRatio(1);
    teach(ratio, { truth: 0.9, answers: 300 });
    teach(ratio, { truth: 1.1, answers: 30, seed: 2 });
    expect(ratio.value).toBeGreaterThan(0.95);
    teach(ratio, { truth: 1.1, answers: 470, seed: 3 });
    expect(ratio.value).toBeGreaterThan(1.095);
    expect(ratio.value).toBeLessThan(1.13);
  });

  test('small requests, whose markers are most of them, count for little beside large ones', () => {
    const ratio = new LearnedRatio(1);
    for (let i = 0; i < 500; i++) {
      ratio.learn(10, 18);
      ratio.learn(5_000, 5_000);
    }
    expect(ratio.value).toBeLessThan(1.14);
  });

  test.each([
    [1_000, 0],
    [1_000, -5],
    [1_000, NaN],
    [1_000, Infinity],
    [0, 1_000],
    [-1, 1_000],
    [NaN, 1_000],
    [Infinity, 1_000],
    [0, 0],
  ])('%d estimated and %d counted teach nothing', (estimated, actual) => {
    const ratio = new LearnedRatio(1);
    teach(ratio, { truth: 1.1, answers: 50 });
    const before = ratio.value;
    for (let i = 0; i < 100; i++) ratio.learn(estimated, actual);
    expect(ratio.value).toBe(before);
  });

  test.each([
    ['huge', 1e15, 1, 1.15],
    ['tiny', 1, 0.98, 1.05],
  ])('one %s count among many moves it by a few per cent at most', (_, actual, least, most) => {
    const ratio = new LearnedRatio(1);
    teach(ratio, { truth: 1, answers: 200 });
    ratio.learn(1_000, actual);
    expect(ratio.value).toBeGreaterThanOrEqual(least);
    expect(ratio.value).toBeLessThan(most);
    teach(ratio, { truth: 1, answers: 500, seed: 2 });
    expect(ratio.value).toBeLessThan(1.01);
  });

  test.each([
    [1e15, 2],
    [1, 0.5],
  ])('a provider that counts %d for every request meets the bound %d', (actual, bound) => {
    const ratio = new LearnedRatio(1);
    for (let i = 0; i < 2_000; i++) ratio.learn(100_000, actual);
    expect(ratio.value).toBeCloseTo(bound, 5);
  });

  test('is the same for the same answers', () => {
    const from = { truth: 1.07, spread: 0.2, answers: 333, seed: 9 };
    expect(learnedFrom(1, from)).toBe(learnedFrom(1, from));
  });
});
