/**
 * How many tokens a provider counts for each one that was estimated, learned from its answers.
 *
 * A fading weighted mean plus three times its standard error and three quarters of a deviation, so that what is not yet known well
 * errs to the safe side and the margin shrinks as answers come in: after two hundred of them it is about 11 % where single
 * texts differ by up to ±20 %, and nothing where they do not differ. It costs little, as it is given back when the call
 * settles. What was assumed at first counts as a few samples of its own: one odd
 * answer does not overturn it, and answers that contradict it widen the margin until they outweigh it.
 */

/** Ratios outside come from mistakes: no tokenizer in use is half or twice as fine as another. */
const leastRatio = 0.5;
const largestRatio = 2;
/** Samples that the first assumption is worth. */
const assumedSamples = 4;
/** Samples after which an old one has faded to about a third. */
const memorySamples = 100;
/** Standard errors added to the mean. */
const marginErrors = 3;
/**
 * Single deviations added besides: the calls that are booked and not settled yet stand in the ledger as estimates, and
 * with few of them their errors do not cancel out.
 */
const unsettledDeviations = 0.75;
/** Below this size the constant part of a request, its markers, says more than its text. */
const fullWeightTokens = 500;

export class LearnedRatio {
  // Fading sums over the samples: weight, squared weight, weighted ratio, weighted squared ratio.
  private weight = assumedSamples;
  private squaredWeight = assumedSamples;
  private sum: number;
  private squaredSum: number;

  /** `assumed`: the ratio before anything is learned. */
  constructor(assumed: number) {
    this.sum = assumedSamples * assumed;
    this.squaredSum = assumedSamples * assumed ** 2;
  }

  /** `estimatedTokens` without any correction. Pairs that make no sense are ignored, extreme ones cut to the bounds. */
  learn(estimatedTokens: number, actualTokens: number): void {
    if (!isCount(estimatedTokens) || !isCount(actualTokens)) return;
    const ratio = clamp(actualTokens / estimatedTokens);
    const weight = Math.min(1, estimatedTokens / fullWeightTokens);
    const kept = (1 - 1 / memorySamples) ** weight;
    this.weight = this.weight * kept + weight;
    this.squaredWeight = this.squaredWeight * kept ** 2 + weight ** 2;
    this.sum = this.sum * kept + weight * ratio;
    this.squaredSum = this.squaredSum * kept + weight * ratio ** 2;
  }

  /** What to multiply an estimate with: 0.5 to 2. */
  get value(): number {
    const mean = this.sum / this.weight;
    const variance = Math.max(0, this.squaredSum / this.weight - mean ** 2);
    const samples = this.weight ** 2 / this.squaredWeight;
    const deviation = Math.sqrt(variance);
    return clamp(mean + (marginErrors * deviation) / Math.sqrt(samples) + unsettledDeviations * deviation);
  }
}

function clamp(ratio: number): number {
  return Math.min(largestRatio, Math.max(leastRatio, ratio));
}

function isCount(tokens: number): boolean {
  return Number.isFinite(tokens) && tokens > 0;
}
