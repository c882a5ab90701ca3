/** Contract of `regionalSpillover`: an answer and its check, by one model in three regions. */
import type { PipelineContract } from './contract';
import { parseQuestion } from './customer-question';
import type { CustomerQuestion } from './customer-question';

export type RegionalInput = CustomerQuestion;

/** What the check of an answer says. */
export interface AnswerCheck {
  readonly fit: boolean;
  /** Why, in one sentence. */
  readonly note: string;
}

export interface RegionalAnswer {
  readonly answer: string;
  readonly check: AnswerCheck;
  /** Endpoint of each step, in their order. */
  readonly servedBy: readonly string[];
  /** Whether another pool than the regional one had to answer. */
  readonly degraded: boolean;
}

export const regionalSpilloverContract: PipelineContract<RegionalInput> = {
  name: 'regionalSpillover',
  description: 'answer → check, by one model in three regions of which the first is preferred',
  parseInput: parseRegionalInput,
  exampleInput: { question: 'My card was declined abroad. What can I do?' },
  // With the simulator, whose models answer 120 tokens a second.
  typicalCalls: [
    { step: 'regional.answer', calls: 1, inputTokens: 150, outputTokens: 60, seconds: 1 },
    { step: 'regional.check', calls: 1, inputTokens: 250, outputTokens: 30, seconds: 0.7 },
  ],
};

/** Checks an input that may have come from anywhere. Throws `Pipeline.InvalidInput` naming field and received value. */
export function parseRegionalInput(value: unknown): RegionalInput {
  return parseQuestion('regionalSpillover', value);
}
