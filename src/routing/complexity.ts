/** How hard a request is, 0–1, from what can be seen without asking a model, and which size of model that calls for. */
import type { ComplexityHints, ModelSize, PoolChoice } from '../contracts/settings';

/** Added for each property that makes small models fail more often. */
const perProperty = 0.2;
/** Length alone never calls for the largest model. */
const mostForLength = 0.3;
const charactersPerPoint = 10_000;

/** For a pool whose endpoints differ in size: the same as a tier's when its file says nothing else. */
export const defaultThresholds: PoolChoice['thresholds'] = { standard: 0.3, extended: 0.7 };

export interface RequestShape {
  /** Of the system prompt and all messages. */
  readonly characters: number;
  /** The answer must match a schema. */
  readonly isStructured: boolean;
  readonly hints?: ComplexityHints | undefined;
}

/** min(length / 10,000, 0.3) + 0.2 each for structured output, several steps and tools; a hinted score replaces it. */
export function complexityOf({ characters, isStructured, hints = {} }: RequestShape): number {
  if (hints.score !== undefined) return hints.score;
  const properties = [isStructured, hints.severalSteps === true, hints.tools === true].filter(Boolean).length;
  return Math.min(characters / charactersPerPoint, mostForLength) + properties * perProperty;
}

export function modelSizeFor(score: number, { standard, extended }: PoolChoice['thresholds']): ModelSize {
  if (score < standard) return 'small';
  return score < extended ? 'standard' : 'extended';
}

/** Sizes on the scale of `RouteOption.size`. */
export const sizeValues: Readonly<Record<ModelSize, number>> = { small: 0, standard: 0.5, extended: 1 };
