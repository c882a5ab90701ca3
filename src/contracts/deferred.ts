/** How a deferred step has ended, as it is told outside. */
import type { JsonValue } from './json';
import type { StepResult } from './step';

export interface DeferredNotice {
  readonly event: 'deferred.completed' | 'deferred.failed';
  /** Of the workflow that worked on the step: what the caller was told. */
  readonly workflowId: string;
  /** Who put it off. */
  readonly pipeline: string;
  readonly run: string;
  readonly step: string;
  readonly occurrence: number;
  /** ISO 8601. */
  readonly at: string;
  /** Present with `deferred.completed`, unless it is longer than 100,000 characters: then `deferredResult` has it. */
  readonly value?: JsonValue;
  readonly servedBy?: string;
  readonly costUsd?: number;
  /** With `deferred.failed`. */
  readonly failure?: { readonly type: string; readonly message: string };
}

export interface TellDeferredInput {
  readonly channel: string;
  readonly notice: DeferredNotice;
}

/** How far a deferred step is. */
export type DeferredState =
  | { readonly kind: 'running' }
  | { readonly kind: 'completed'; readonly result: StepResult }
  | { readonly kind: 'failed'; readonly type: string; readonly message: string };
