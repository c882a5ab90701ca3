/** What an operator says about a step whose every tier has failed. */
import type { JsonValue } from './json';

export const operationKinds = ['resume', 'skip', 'answer'] as const;
export type OperationKind = (typeof operationKinds)[number];

export interface Operation {
  readonly step: string;
  /** Default: the one that is parked, when there is only one. */
  readonly occurrence?: number;
  /** `resume`: down the ladder once more; `skip`: on without an answer; `answer`: on with `value`. */
  readonly kind: OperationKind;
  /** Who says so, e.g. `ana@acme`. */
  readonly by: string;
  /** Of `answer` only; checked against the step's schema. */
  readonly value?: JsonValue;
}
