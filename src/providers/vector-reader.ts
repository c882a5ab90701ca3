/**
 * What a provider's embeddings come to: as many vectors as texts, each as long as the config says, checked here because
 * a vector that is missing or too short would go unnoticed until an answer is wrong.
 */
import { packVectors } from '../contracts/embedding';
import type { Vector } from '../contracts/embedding';
import type { ModelRequest } from '../contracts/model';
import type { Usage } from '../contracts/usage';
import { noContent } from './answer-reader';
import type { AnswerOutcome, AnswerReader } from './answer-reader';
import { FailedAnswerError } from './explain-failure';

/** What `read` finds in the document that answers a request. */
export interface FoundVectors {
  /** In the order of the texts; undefined where there is none that can be read. */
  readonly vectors: readonly (Vector | undefined)[];
  readonly usage: Partial<Usage>;
}

export function createVectorReader(
  { messages, embedding }: ModelRequest,
  read: (document: unknown) => FoundVectors,
): AnswerReader {
  let outcome: AnswerOutcome = { usage: {} };
  return {
    read(document) {
      const { vectors, usage } = read(document);
      if (vectors.length === 0) return noContent;
      const whole = vectors.filter(isWhole);
      if (whole.length !== messages.length) throw unusable(whole.length, messages.length);
      const odd = whole.find((vector) => vector.length !== embedding?.dimensions);
      if (odd !== undefined) throw otherLength(odd.length, embedding?.dimensions ?? 0);
      // Nothing is generated: what a provider counts is all input.
      outcome = { finishReason: 'stop', usage: { ...usage, outputTokens: 0 } };
      return { isContent: true, isEnd: true, text: packVectors(whole) };
    },
    get outcome() {
      return outcome;
    },
  };
}

function isWhole(vector: Vector | undefined): vector is Vector {
  return vector !== undefined && vector.length > 0 && vector.every(Number.isFinite);
}

function unusable(received: number, expected: number): FailedAnswerError {
  const what = `answered ${received} usable vectors to ${expected} texts`;
  return new FailedAnswerError({ type: 'Llm.ServerError', code: 'unexpected_vectors', what });
}

function otherLength(received: number, expected: number): FailedAnswerError {
  const what = `answered vectors of ${received} numbers, expected ${expected}: put the model's own length into dimensions, or "capabilities: { dimensions: true }" if it can be asked for another`;
  return new FailedAnswerError({ type: 'Llm.Unsupported', code: 'unexpected_dimensions', what });
}
