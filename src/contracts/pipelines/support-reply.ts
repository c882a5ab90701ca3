/** Contract of `supportReply`: one question of a customer who waits, answered or gracefully not within two seconds. */
import type { PipelineContract } from './contract';
import { parseQuestion } from './customer-question';
import type { CustomerQuestion } from './customer-question';

export type SupportInput = CustomerQuestion;

/** What the step answers. */
export interface SupportAnswer {
  /** To be shown to the customer. */
  readonly reply: string;
  /** The customer is to be handed over to a person. */
  readonly handOver: boolean;
}

/**
 * `model`: written for this question. `cached`: what the same question of the same tenant was answered before.
 * `template`: no model and no cache could answer in time. `safe`: the same text, because a content filter or the model
 * itself refused; no other model was asked.
 */
export type SupportReplySource = 'model' | 'cached' | 'template' | 'safe';

export interface SupportReply extends SupportAnswer {
  readonly source: SupportReplySource;
  /** Endpoint, `cache` or `template`. */
  readonly servedBy: string;
  readonly degraded: boolean;
  /** Failure type that ended the last tier before; absent when not degraded. */
  readonly reason?: string;
}

export const supportReplyContract: PipelineContract<SupportInput> = {
  name: 'supportReply',
  description: 'one question of a waiting customer: an answer, an earlier one or a safe text, within two seconds',
  parseInput: parseSupportInput,
  exampleInput: { question: 'I lost my card on the way home. What should I do now?' },
  // With the simulator, whose models answer 120 tokens a second.
  typicalCalls: [{ step: 'support.reply', calls: 1, inputTokens: 330, outputTokens: 60, seconds: 1 }],
};

/** Checks an input that may have come from anywhere. Throws `Pipeline.InvalidInput` naming field and received value. */
export function parseSupportInput(value: unknown): SupportInput {
  return parseQuestion('supportReply', value);
}
