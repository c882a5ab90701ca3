import { cosineOf } from '../../contracts/embedding';
import type { Vector } from '../../contracts/embedding';
import { HoldfastError } from '../../errors/holdfast-error';

export interface Near {
  /** Place among the vectors. */
  readonly index: number;
  /** Cosine, −1 to 1. */
  readonly score: number;
}

/**
 * The `count` vectors nearest to `to`, nearest first; of equals the first. Compares with every one of them: some
 * milliseconds for 10,000, and no index that could be stale.
 *
 * @throws Pipeline.InvalidInput for vectors of another length, which are another model's
 */
export function nearest(to: Vector, vectors: readonly Vector[], count: number): readonly Near[] {
  const odd = vectors.findIndex(({ length }) => length !== to.length);
  if (odd !== -1) {
    const message = `nearest: vector ${odd} has ${vectors[odd]?.length} numbers and the one it is compared with ${to.length}`;
    throw new HoldfastError('Pipeline.InvalidInput', message);
  }
  return vectors
    .map((vector, index): Near => ({ index, score: cosineOf(to, vector) }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, count);
}
