/** Draws from a beta distribution: a belief about a share, from 0 to 1. */

/** `a`, `b` ≥ 1: successes and failures seen, each plus one. */
export function randomBeta(a: number, b: number, random: () => number): number {
  const x = randomGamma(a, random);
  const y = randomGamma(b, random);
  return x / (x + y);
}

/** Marsaglia and Tsang, 2000: rejection from a normal; right for shapes ≥ 1, nearly every first try is taken. */
function randomGamma(shape: number, random: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = randomNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Box and Muller. */
function randomNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
