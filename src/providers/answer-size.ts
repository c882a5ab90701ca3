/**
 * What one answer may be. A model in a loop, or a server that knows no end, must not take the process with it: the
 * connection is dropped and the failure is `Llm.OutputInvalid`, for the same request would bring the same again.
 * The longest answer any model can be asked for is a twentieth of it.
 */

/** Characters of text, and of the arguments of one tool call. */
export const longestAnswer = 16 * 1_024 * 1_024;
/** Bytes between two ends of events, which the SDKs hold in memory. The last event of Responses repeats the answer. */
export const largestEventBytes = 2 * longestAnswer;
/** Bytes read of the body of an error: the class is in its first lines, or in the status. */
export const largestErrorBytes = 65_536;

export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';

  constructor() {
    super('the answer is larger than any answer may be');
  }
}
