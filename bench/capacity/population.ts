/** The requests callers make: a fixed set of log-normal sizes per seed, drawn from at random. */
import type { ModelMessage } from '../../src/contracts/model';
import { createRandom } from '../../src/simulator/random';
import type { Random } from '../../src/simulator/random';
import { countTokens } from '../../src/simulator/tokenizer';

/** One request, as often as it is made. */
export interface Shape {
  /** The same object each time: estimates are remembered by it. */
  readonly messages: readonly ModelMessage[];
  /** In the simulator's tokens; the endpoint's own count differs. */
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  /** What the model really answers. */
  readonly outputTokens: number;
}

export interface Population {
  readonly shapes: readonly Shape[];
  readonly meanInput: number;
  readonly meanMaxOutput: number;
  readonly meanOutput: number;
}

export interface Sizes {
  /** Median of the words of a prompt; the logarithm's deviation is 1, so the mean is 1.65 times that. */
  readonly inputWords: number;
  /** Median of `max_tokens`; deviation of the logarithm 0.6. */
  readonly maxOutputTokens: number;
}

export const virtualSizes: Sizes = { inputWords: 150, maxOutputTokens: 200 };
/** Short answers: a real call costs processor time by the token, and two processors have to carry a dozen cells. */
export const realTimeSizes: Sizes = { inputWords: 90, maxOutputTokens: 24 };

const shapes = 512;
/**
 * Nothing is larger than so many means: with three requests a second, 4.4 % of a minute's quota, so that also what a
 * provider counts a tenth more stays within the 5 % up to which the design promises full use.
 */
const largestMeans = 8;
/** Frame of one message, as the simulator counts it for OpenAI. */
const frameTokens = 7;

const words =
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which you were all her she there would their we him been has when who will more no if out so said what up its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many before must through years where much your way well down should because each just those people how too little state good very make world still own see men work long here get both between life being under never day same another know while last might us great old year off come since go against came right used take three'.split(
    ' ',
  );

export function createPopulation(seed: number, sizes: Sizes): Population {
  const random = createRandom('population', seed);
  const drawn = Array.from({ length: shapes }, () => ({
    words: random.lognormal(sizes.inputWords, 1),
    maxOutput: random.lognormal(sizes.maxOutputTokens, 0.6),
  }));
  const mostWords = (largestMeans / 2) * meanOf(drawn.map((each) => each.words));
  const mostOutput = (largestMeans / 2) * meanOf(drawn.map((each) => each.maxOutput));
  const made = drawn.map((each) =>
    shapeOf(random, { words: Math.min(each.words, mostWords), maxOutput: Math.min(each.maxOutput, mostOutput) }),
  );
  return {
    shapes: made,
    meanInput: meanOf(made.map((shape) => shape.inputTokens)),
    meanMaxOutput: meanOf(made.map((shape) => shape.maxOutputTokens)),
    meanOutput: meanOf(made.map((shape) => shape.outputTokens)),
  };
}

function shapeOf(random: Random, size: { readonly words: number; readonly maxOutput: number }): Shape {
  const length = Math.max(1, Math.round(size.words));
  const content = Array.from({ length }, () => words[random.int(0, words.length - 1)]).join(' ');
  const maxOutputTokens = Math.max(4, Math.round(size.maxOutput));
  return {
    messages: [{ role: 'user', content }],
    inputTokens: countTokens(content) + frameTokens,
    maxOutputTokens,
    outputTokens: Math.max(1, Math.round(maxOutputTokens * (0.2 + 0.8 * random.next()))),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
