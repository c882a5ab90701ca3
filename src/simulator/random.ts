/** Seeded randomness: the same seed gives the same numbers on every machine and in every process. */
import { createHash } from 'node:crypto';

export interface Random {
  /** 0 inclusive to 1 exclusive. */
  next(): number;
  /** Whole number, both ends included. */
  int(min: number, max: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** `sigma` is the standard deviation of the logarithm; 0 gives the median. */
  lognormal(median: number, sigma: number): number;
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
}

/** `parts` together are the seed. */
export function createRandom(...parts: readonly (string | number)[]): Random {
  const next = sfc32(createHash('sha256').update(JSON.stringify(parts)).digest());
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    lognormal: (median, sigma) => median * Math.exp(sigma * normal(next)),
    hex: (digits) => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join(''),
  };
}

/** Box–Muller. */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** Chris Doty-Humphrey's small fast counter generator: 32-bit arithmetic only. */
function sfc32(seed: Buffer): () => number {
  let a = seed.readInt32LE(0);
  let b = seed.readInt32LE(4);
  let c = seed.readInt32LE(8);
  let counter = seed.readInt32LE(12);
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 0x1_0000_0000;
  };
}
