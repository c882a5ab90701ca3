/** Runs a property over its sequences: the same ones each time, or others from the seed in HOLDFAST_TEST_SEED. */
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import type { CapacitySettings } from '../../../../src/contracts/settings';
import { openSequences, type Opened } from './open-sequence';

export const seed = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_261_121);

/** So many sequences are played at a time, each on keys of its own: waiting for Redis is most of the work. */
const atATime = 4;
/** On a busy machine. A property takes seconds, the search for the smallest failure of one may take all of it. */
const testTimeoutMs = 120_000;
/** So that a failure is reported as far as it has been made smaller. */
const longestMs = testTimeoutMs - 20_000;

jest.setTimeout(testTimeoutMs);

export interface PropertyOptions<T> {
  readonly redis: Redis;
  readonly sequences: number;
  readonly of: fc.Arbitrary<T>;
  readonly settings?: Partial<CapacitySettings>;
}

/** `violations` answers in sentences what is wrong with a sequence. */
export async function findNone<T>(
  { redis, sequences, of, settings }: PropertyOptions<T>,
  violations: (sequence: T, opened: Opened) => Promise<readonly string[]>,
): Promise<void> {
  const runs = Array.from({ length: atATime }, (_, index) => {
    const stores = openSequences(redis, settings);
    const property = fc.asyncProperty(of, async (sequence) => {
      const opened = stores.open();
      try {
        const found = await violations(sequence, opened);
        if (found.length > 0) throw new Error(found.join('\n'));
      } finally {
        await opened.loseState();
      }
    });
    const numRuns = Math.ceil(sequences / atATime);
    return fc.assert(property, {
      seed: seed + index,
      numRuns,
      interruptAfterTimeLimit: longestMs,
      markInterruptAsFailure: true,
    });
  });
  for (const run of await Promise.allSettled(runs)) if (run.status === 'rejected') throw run.reason;
}
