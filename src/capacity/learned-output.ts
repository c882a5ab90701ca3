/**
 * How long the answers of a model get: the 90th percentile of the last hundred. It is what is held of a limit on output
 * tokens while a call runs; the truth replaces it at the end.
 */

const keptAnswers = 100;
/** With fewer, there is no tenth to leave out. */
const leastAnswers = 10;
const percentile = 0.9;
/** Of the output that was asked for, as long as nothing is learned. */
const assumedShare = 0.25;

export class LearnedOutput {
  private readonly answers: number[] = [];
  private oldest = 0;
  private learned: number | undefined;

  /** Counts that make no sense are ignored. Constant work: a hundred numbers are sorted. */
  learn(outputTokens: number): void {
    if (!Number.isFinite(outputTokens) || outputTokens <= 0) return;
    this.answers[this.oldest] = outputTokens;
    this.oldest = (this.oldest + 1) % keptAnswers;
    if (this.answers.length < leastAnswers) return;
    const sorted = Float64Array.from(this.answers).sort();
    this.learned = sorted[Math.ceil(percentile * sorted.length) - 1];
  }

  /** Tokens to expect of an answer that may have `requestedTokens`, and never more than these. */
  expect(requestedTokens: number): number {
    return Math.min(requestedTokens, Math.ceil(this.learned ?? assumedShare * requestedTokens));
  }
}
