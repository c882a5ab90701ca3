/** What the benchmark and its client processes tell each other. */
import type { Cell } from './cells';

export type CallKind = 'get' | 'empty' | 'reserve';

export type Order =
  /** Use this pool from now on. */
  | { readonly kind: 'open'; readonly keyPrefix: string; readonly pool: Pick<Cell, 'endpoints' | 'load'> }
  /** Make reservations that stay alive, numbered `from` to `to` (exclusive). */
  | { readonly kind: 'fill'; readonly from: number; readonly to: number; readonly inFlight: number }
  /** Call as fast as `inFlight` loops can, between two times on the wall clock. */
  | {
      readonly kind: 'slice';
      readonly call: CallKind;
      readonly startAtMs: number;
      readonly endAtMs: number;
      readonly inFlight: number;
    }
  /** End what the slices reserved. */
  | { readonly kind: 'end'; readonly inFlight: number };

export interface SliceAnswer {
  readonly completed: number;
  readonly failed: number;
  readonly latenciesMs: readonly number[];
}

/** One answer per order; the one to `slice` has a result. */
export type Answer =
  { readonly kind: 'done'; readonly slice?: SliceAnswer } | { readonly kind: 'failed'; readonly message: string };
