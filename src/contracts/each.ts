/** What stands in histories about `each`: how an item ended, and what a chunk's child workflow is told and answers. */
import type { FailureDetails } from '../errors/holdfast-error';
import type { JsonValue } from './json';
import type { Priority } from './settings';
import type { RunTotals } from './status';
import type { SpendLimits, StepPlan } from './step';

export interface ItemFailure {
  /** A type of the failure catalogue, or the one your own activity gave its failure. */
  readonly type: string;
  readonly message: string;
  readonly details?: FailureDetails;
}

export type ItemOutcome<R> =
  { readonly ok: true; readonly value: R } | { readonly ok: false; readonly failure: ItemFailure };

/** What a chunk knows of its run: it spends the run's budget, is charged to its tenant, and keeps to its plans. */
export interface RunPart {
  readonly runKey: string;
  readonly tenant: string;
  readonly priority?: Priority;
  readonly spendLimits?: SpendLimits;
  readonly endsAtMs?: number;
  readonly startedBy?: string;
  /** Of the pipeline. Absent in what was written before it was told. */
  readonly pipeline?: string;
  readonly plans: readonly StepPlan[];
}

export interface ChunkInput {
  readonly part: RunPart;
  /** Name of a `defineWork`. */
  readonly work: string;
  /** Which list of the run it is, 0 first. */
  readonly list: number;
  /** Place of the first item in the list. */
  readonly from: number;
  readonly items: readonly JsonValue[];
  readonly concurrency: number;
  /** With one failed item more the chunk gives up. */
  readonly tolerated: number;
}

export interface ChunkOutput {
  /** Of the first so many items: a chunk ends early when its history or its answer would grow too large. */
  readonly outcomes: readonly ItemOutcome<JsonValue | undefined>[];
  /** Present when it gave up: the failures, in the order they happened. Then there are no outcomes. */
  readonly gaveUp?: readonly ItemFailure[];
  readonly totals: RunTotals;
  /** Plans the chunk was the first to record. */
  readonly plans: readonly StepPlan[];
}
