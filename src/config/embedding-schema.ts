/** The form of `embeddings`: texts to vectors, by one model. */
import { lanes } from '../contracts/settings';
import type { z } from 'zod';
import { defaults } from './defaults';
import { duration } from './duration';
import { aboveZero, label, number, oneOf, section } from './schema-parts';

export const embedding = section({
  pool: label,
  dimensions: number('a whole number from 1 to 8,192: the numbers of one vector', { whole: true, min: 1, max: 8_192 }),
  lane: oneOf(lanes).default(defaults.lane),
  cached: duration.exactOptional(),
  timeouts: section({
    connect: duration.exactOptional(),
    firstToken: duration.exactOptional(),
    idle: duration.exactOptional(),
    call: duration.exactOptional(),
    step: duration.exactOptional(),
  }).prefault({}),
  maximumAttempts: aboveZero.exactOptional(),
});

export type EmbeddingEntry = z.output<typeof embedding>;
