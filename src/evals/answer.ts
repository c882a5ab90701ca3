/** What came of one question. */
import type { JsonObject, JsonValue } from '../contracts/json';
import type { Usage } from '../contracts/usage';
import type { FailureType } from '../errors';
import type { EvalArm } from './arm';

export interface EvalCall {
  readonly arm: EvalArm;
  /** Of the row among those of its target: with the arm it identifies the call, so a repeated eval finds its answer. */
  readonly occurrence: number;
  readonly variables: JsonObject;
}

export interface Spent {
  readonly usage: Usage;
  readonly costUsd: number;
}

export interface EvalAnswer {
  /**
   * `answered`: as the step's schema wants it. `rejected`: the model did its part and it was wrong, or it refused: that
   * counts against the variant. `unanswered`: no capacity, no connection, no key: that says nothing about the variant.
   */
  readonly outcome:
    | { readonly kind: 'answered'; readonly value: JsonValue; readonly servedBy: string }
    | { readonly kind: 'rejected' | 'unanswered'; readonly failure: FailureType; readonly message: string };
  /** Over all attempts. */
  readonly spent: Spent;
  /** Of the call that was answered, ms. */
  readonly latencyMs?: number;
  /** It was paid for by an earlier run of this eval. */
  readonly fromJournal: boolean;
}

export type Ask = (call: EvalCall) => Promise<EvalAnswer>;

/** What the model, or the question put to it, is answerable for. Everything else left the row without an answer. */
const ofTheModel: readonly FailureType[] = [
  'Llm.OutputInvalid',
  'Llm.OutputCut',
  'Llm.ContentFiltered',
  'Llm.ContextTooLong',
  'Llm.BadRequest',
];

export function failedOutcome(failure: FailureType, message: string): EvalAnswer['outcome'] {
  return { kind: ofTheModel.includes(failure) ? 'rejected' : 'unanswered', failure, message };
}
