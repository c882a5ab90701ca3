/** Confidence intervals at 95 %. */
import { createRandom } from './random';
import { quantile } from './quantile';

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;
const resamples = 2_000;

/**
 * Share of successes with Wilson's score interval (1927): unlike the textbook's, it holds for few rows and for shares
 * near 0 and 1. Of no rows nothing is known: 0 to 1.
 */
export function wilson(successes: number, of: number): Estimate {
  if (of === 0) return { value: 0, low: 0, high: 1 };
  const share = successes / of;
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  const centre = share + (z * z) / (2 * of);
  return {
    value: share,
    low: successes === 0 ? 0 : (centre - spread) / scale,
    high: successes === of ? 1 : (centre + spread) / scale,
  };
}

/**
 * Mean with the percentile interval of a seeded bootstrap over the rows. Given the differences of two variants row by
 * row, it is the paired bootstrap: what makes a row hard for both falls out.
 */
export function bootstrapMean(values: readonly number[], seed: number): Estimate {
  if (values.length === 0) return { value: 0, low: 0, high: 0 };
  const random = createRandom(seed);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let index = 0; index < values.length; index++) sum += values[Math.floor(random() * values.length)] ?? 0;
    return sum / values.length;
  }).sort((a, b) => a - b);
  const value = values.reduce((sum, one) => sum + one, 0) / values.length;
  return { value, low: quantile(means, 0.025), high: quantile(means, 0.975) };
}
