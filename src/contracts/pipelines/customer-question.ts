/** The input of pipelines that answer one customer. */
import { HoldfastError } from '../../errors/holdfast-error';

export interface CustomerQuestion {
  /** What the customer wrote, 1 to 2,000 characters. */
  readonly question: string;
}

const longestQuestion = 2_000;

/** Throws `Pipeline.InvalidInput` naming pipeline, field and received value. */
export function parseQuestion(pipeline: string, value: unknown): CustomerQuestion {
  const invalid = (field: string, expected: string, received: unknown): HoldfastError => {
    const message = `${pipeline}: ${field}: expected ${expected}, received ${shown(received)}`;
    return new HoldfastError('Pipeline.InvalidInput', message, { field });
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('input', 'an object such as {"question": "Where is my card?"}', value);
  }
  const { question, ...others } = value as Record<string, unknown>;
  const [unknownField] = Object.keys(others);
  if (unknownField !== undefined)
    throw invalid(unknownField, 'no field of this name (known: question)', others[unknownField]);
  if (typeof question !== 'string' || question.trim() === '' || question.length > longestQuestion) {
    throw invalid('question', `text of 1 to ${longestQuestion} characters`, question);
  }
  return { question: question.trim() };
}

function shown(received: unknown): string {
  if (received === undefined) return 'nothing';
  if (typeof received === 'string' && received.length > longestQuestion) return `${received.length} characters`;
  return JSON.stringify(received).slice(0, 80);
}
