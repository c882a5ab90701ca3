/** What the parts of one `callModel` attempt hand to each other. */
import type { CapacityCandidate, Reservation } from '../contracts/capacity';
import type { ResumableCall } from '../contracts/model';
import type { EndpointSettings } from '../contracts/settings';
import type { Attempt, CallModelInput } from '../contracts/step';
import type { HoldfastError } from '../errors/holdfast-error';
import type { BudgetRef } from '../journal/budgets';
import type { JournalEntry } from '../journal/journal';
import type { StreamWriter } from '../journal/stream-log';
import type { RenderedRequest } from './rendered-request';
import type { ActivityDependencies } from './ports';

/** Everything the hops of one attempt share. */
export interface Call {
  readonly deps: ActivityDependencies;
  readonly input: CallModelInput;
  readonly journalKey: string;
  readonly rendered: RenderedRequest;
  readonly candidates: readonly CapacityCandidate[];
  /** What it is paid from: those of the day on which the attempt began. */
  readonly budgets: readonly BudgetRef[];
  readonly attempt: number;
  /** The call that the provider runs for us, as long as it does: it goes on when we lose sight of it. */
  readonly running: { begun?: ResumableCall };
  readonly signal: AbortSignal;
  /** `performance.now()` by which the activity must have ended: the wall clock may be minutes off the server's. */
  readonly endsAtMs: number;
  /** Keeps the activity and a reservation alive until the returned function is called. */
  readonly keepAlive: (reservation: Reservation) => () => void;
}

/** A reservation and how it came: grants of this very process need no confirmation while they are fresh. */
export interface Claim {
  readonly reservation: Reservation;
  readonly hop: number;
  /** `performance.now()` when the grant arrived in this process; absent when it arrived in another. */
  readonly grantedAtMs?: number;
}

export type EndpointOutcome =
  | {
      readonly kind: 'answered';
      readonly entry: JournalEntry;
      /** Of a step that is streamed: ended once the answer is known to be good. */
      readonly writer?: StreamWriter;
      /** Ours, when `entry` is another attempt's. */
      readonly wasted?: Attempt;
    }
  /** The reservation lapsed before it was used: nothing was sent. */
  | { readonly kind: 'spent' }
  | { readonly kind: 'failed'; readonly failure: HoldfastError; readonly record: Attempt }
  /** It goes on at the provider, but we cannot see it now: nothing is settled yet. */
  | {
      readonly kind: 'outOfSight';
      readonly failure: HoldfastError;
      readonly call: Call;
      readonly claim: Claim;
      readonly endpoint: EndpointSettings;
    };
