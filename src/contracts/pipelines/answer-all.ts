/** answerAll: one step for every topic of a list. Batch work, or a single question; the demo of lanes and tenants runs it. */
import { HoldfastError } from '../../errors/holdfast-error';
import type { PipelineContract } from './contract';

export interface AnswerAllInput {
  /** A step of the config whose prompt takes a `topic`. */
  readonly step: string;
  readonly topics: readonly string[];
  /** Steps in progress at once. */
  readonly concurrency: number;
}

/** A longer list would outgrow a history. */
const mostTopics = 500;
const mostConcurrency = 100;

export const answerAllContract: PipelineContract<AnswerAllInput> = {
  name: 'answerAll',
  description: 'one step for every topic of a list',
  parseInput: parseAnswerAll,
};

/** Checks an input that may have come from anywhere. Throws `Pipeline.InvalidInput` naming field and received value. */
export function parseAnswerAll(value: unknown): AnswerAllInput {
  const { step, topics, concurrency } = (value ?? {}) as Record<string, unknown>;
  if (typeof step !== 'string' || step === '') throw invalid('step', 'the name of a step', step);
  if (!Array.isArray(topics) || topics.length < 1 || topics.length > mostTopics || !topics.every(isTopic)) {
    throw invalid('topics', `1 to ${mostTopics} texts`, topics);
  }
  if (!isCount(concurrency)) throw invalid('concurrency', `a whole number from 1 to ${mostConcurrency}`, concurrency);
  return { step, topics, concurrency };
}

function isTopic(topic: unknown): topic is string {
  return typeof topic === 'string' && topic !== '';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= mostConcurrency;
}

function invalid(field: string, expected: string, received: unknown): HoldfastError {
  const shown = received === undefined ? 'nothing' : JSON.stringify(received).slice(0, 80);
  const message = `answerAll: ${field}: expected ${expected}, received ${shown}`;
  return new HoldfastError('Pipeline.InvalidInput', message, { field });
}
