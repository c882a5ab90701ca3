import { seededRandom } from '../../../src/routing/seeded-random';

const many = (seed: string, length = 1_000): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length }, () => random());
};

describe('seededRandom', () => {
  test('repeats itself for the same seed', () => {
    expect(many('a/t0/c0/a1/h0')).toEqual(many('a/t0/c0/a1/h0'));
  });

  test('is uniform within [0, 1)', () => {
    const draws = many('seed', 10_000);
    expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = draws.filter((draw) => Math.floor(draw * 10) === tenth).length / draws.length;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.015);
    }
  });

  test('first draws of ids that differ in one digit are uniform too', () => {
    const draws = Array.from({ length: 10_000 }, (_, index) => seededRandom(`run/step#${index}/t0/c0/a1/h0`)());
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = draws.filter((draw) => Math.floor(draw * 10) === tenth).length / draws.length;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.015);
    }
  });
});
